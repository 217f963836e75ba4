/** The development Temporal server as a child process, described by temporal-dev.yaml. */
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import { startDetached } from './detached-process.js';
import { findTool, PROJECT_ROOT } from './environment.js';
import { tryLock } from './host-lock.js';
import { findFreePort, isFree, listenersOf } from './ports.js';
import { endMarked, MARKER } from './process-tree.js';

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
  sqlite: z.record(z.string(), z.union([z.string(), z.number()])),
  dynamic_config: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

export interface DevServer {
  readonly address: string;
  readonly namespace: string;
  readonly uiUrl: string;
  readonly logFile: string;
  stop(): Promise<void>;
}

export interface DevServerOptions {
  /** Holds its database and its log. */
  readonly stateDir: string;
  /** Default: as in temporal-dev.yaml. */
  readonly port?: number;
  readonly uiPort?: number;
  /** Whether a port that is taken is replaced by a free one, or is an error. */
  readonly anyPort?: boolean;
  /** Told when the server died by itself, and what is done about it. */
  readonly onNotice?: (message: string) => void;
}

/** The server cannot be started; the message says what to do. */
export class DevServerError extends Error {
  override readonly name = 'DevServerError';
}

/** It takes about 2 s; its database is safe even when it is killed. */
const STOPS_WITHIN_MS = 10_000;
const READY_WITHIN_MS = 30_000;
/** A server that dies so soon after its start, and so often in a row, will not get better by another start. */
const LIVED_MS = 3000;
const EARLY_DEATHS = 3;

/**
 * Starts the server, waits until it listens, and starts it again on the same database should it die.
 * @throws DevServerError when there is no Temporal CLI, a port is taken, the folder is in use, or the server ends at once.
 */
export async function startDevServer(options: DevServerOptions): Promise<DevServer> {
  const { stateDir } = options;
  const cli = findTool('temporal');
  if (!cli) throw new DevServerError("there is no Temporal CLI: run 'npm run setup', or set TEMPORAL_CLI_PATH");
  const config = configSchema.parse(parse(await readFile(join(PROJECT_ROOT, 'temporal-dev.yaml'), 'utf8')));
  await mkdir(stateDir, { recursive: true });
  const lock = await tryLock(stateDir, 'temporal');
  if (!lock) {
    throw new DevServerError(
      `a development server is running on ${stateDir} already: use it (autotuner submit, run, list), or stop it first`
    );
  }
  const marker = `temporal.${createHash('sha256').update(stateDir).digest('hex').slice(0, 12)}`;
  try {
    // Nobody holds the lock, so a server that still runs on this database was left behind by a process that was killed.
    await endMarked(marker);
    const port = await choosePort(options.port ?? config.port, '--port', options.anyPort, 0);
    const uiPort = await choosePort(options.uiPort ?? config.ui_port, '--ui-port', options.anyPort, 1, port);
    const logFile = join(stateDir, 'temporal.log');
    const args = ['server', 'start-dev', '--ip', config.ip, '--port', String(port), '--ui-port', String(uiPort)];
    args.push('--namespace', config.namespace, '--db-filename', join(stateDir, config.database), '--log-level', 'warn');
    for (const [name, type] of Object.entries(config.search_attributes))
      args.push('--search-attribute', `${name}=${type}`);
    for (const [name, value] of Object.entries(config.sqlite)) args.push('--sqlite-pragma', `${name}=${value}`);
    for (const [name, value] of Object.entries(config.dynamic_config))
      args.push('--dynamic-config-value', `${name}=${JSON.stringify(value)}`);

    let stopping = false;
    let earlyDeaths = 0;
    let everReady = false;
    const launch = async (): Promise<void> => {
      const startedAt = performance.now();
      let ended = false;
      const onExit = (): void => {
        ended = true;
        if (stopping) return;
        earlyDeaths = performance.now() - startedAt > LIVED_MS ? 0 : earlyDeaths + 1;
        const again = everReady && earlyDeaths < EARLY_DEATHS;
        options.onNotice?.(`the Temporal server died${again ? '; starting it again' : ` at once: see ${logFile}`}`);
        if (again) void launch().catch((error: Error) => options.onNotice?.(error.message));
      };
      // A session of its own: Ctrl-C reaches us first, and we still need the server to take the engines down.
      const pid = await startDetached(cli, args, { logFile, env: { [MARKER]: marker }, onExit });
      await waitUntilListening(pid, port, () => {
        if (ended) throw new DevServerError(`the Temporal server did not start; see ${logFile}`);
      });
    };
    await launch();
    everReady = true;
    return {
      address: `${config.ip}:${port}`,
      namespace: config.namespace,
      uiUrl: `http://${config.ip}:${uiPort}`,
      logFile,
      async stop() {
        stopping = true;
        await endMarked(marker, STOPS_WITHIN_MS);
        await lock.release();
      },
    };
  } catch (error) {
    await endMarked(marker);
    await lock.release();
    throw error;
  }
}

/** That somebody listens is not enough: it must be this process. @param check throws when waiting has become pointless. */
async function waitUntilListening(pid: number, port: number, check: () => void): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (!(await listenersOf(port)).includes(pid)) {
    check();
    if (performance.now() > deadline)
      throw new DevServerError(`nothing listens on port ${port} after ${READY_WITHIN_MS} ms`);
    await sleep(50);
  }
}

async function choosePort(
  wanted: number,
  option: string,
  anyPort: boolean | undefined,
  start: number,
  other?: number
): Promise<number> {
  if (await isFree(wanted)) return wanted;
  if (anyPort) return findFreePort(new Set(other === undefined ? [] : [other]), start);
  const pids = await listenersOf(wanted);
  const holder = pids.length > 0 ? `process ${pids.join(', ')}` : 'a process of another user';
  throw new DevServerError(`port ${wanted} is in use by ${holder}: choose another one with ${option}, or end it`);
}
