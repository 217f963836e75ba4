/** The development Temporal server as a child process, described by temporal-dev.yaml. */
import { spawn } from 'node:child_process';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { findTool, PROJECT_ROOT } from './environment.js';
import { findFreePort, isFree } from './ports.js';

const configSchema = z.strictObject({
  ip: z.string(),
  port: z.int(),
  ui_port: z.int(),
  namespace: z.string(),
  database: z.string(),
  search_attributes: z.record(
    z.string(),
    z.enum(['Keyword', 'Double', 'Int', 'Bool', 'Datetime', 'Text', 'KeywordList'])
  ),
  dynamic_config: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

export interface DevServer {
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string;
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 30_000;

/**
 * Starts the server and waits until it listens. Ports that are taken are replaced by free ones.
 * @param stateDir holds its database and its log.
 * @throws Error when there is no Temporal CLI or the server ends at once; the message says where its log is.
 */
export async function startDevServer(stateDir: string): Promise<DevServer> {
  const cli = findTool('temporal');
  if (!cli) throw new Error('there is no Temporal CLI: run `node scripts/setup.mjs`, or set TEMPORAL_CLI_PATH');
  const config = configSchema.parse(parse(await readFile(join(PROJECT_ROOT, 'temporal-dev.yaml'), 'utf8')));
  const port = (await isFree(config.port)) ? config.port : await findFreePort(new Set(), 0);
  const uiPort = (await isFree(config.ui_port)) ? config.ui_port : await findFreePort(new Set([port]), 1);
  await mkdir(stateDir, { recursive: true });
  const logFile = join(stateDir, 'temporal.log');
  const log = await open(logFile, 'a');
  const attributes = Object.entries(config.search_attributes).flatMap(([name, type]) => [
    '--search-attribute',
    `${name}=${type}`,
  ]);
  const dynamic = Object.entries(config.dynamic_config).flatMap(([name, value]) => [
    '--dynamic-config-value',
    `${name}=${JSON.stringify(value)}`,
  ]);
  const args = ['server', 'start-dev', '--ip', config.ip, '--port', String(port), '--ui-port', String(uiPort)];
  args.push('--namespace', config.namespace, '--db-filename', join(stateDir, config.database), '--log-level', 'warn');
  // A session of its own: Ctrl-C reaches us first, and we still need the server to take the engines down.
  const child = spawn(cli, [...args, ...attributes, ...dynamic], { detached: true, stdio: ['ignore', log.fd, log.fd] });
  let ended = false;
  const exit = new Promise<void>((resolve) => {
    const end = (): void => {
      ended = true;
      resolve();
    };
    child.once('exit', end).once('error', end);
  });
  await log.close();
  const deadline = Date.now() + READY_WITHIN_MS;
  while (await isFree(port)) {
    if (ended || Date.now() > deadline) throw new Error(`the Temporal server did not start; see ${logFile}`);
    await sleep(50);
  }
  return {
    address: `${config.ip}:${port}`,
    namespace: config.namespace,
    uiUrl: `http://${config.ip}:${uiPort}`,
    async stop() {
      child.kill('SIGTERM');
      await exit;
    },
  };
}
