/**
 * Stands where systemd or Kubernetes would: a real temporal-server on databases of its own in PostgreSQL, which is started again on
 * them should it die. `node temporal-server.mjs --port P --ui-port Q`, in the environment of a `World`; the UI's port is not used.
 *
 * The server is configured by the variables that Temporal's own image takes, as deploy/compose and the chart do.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';

import { Connection } from '@temporalio/client';
import { startDetached } from '../../dist/platform/detached-process.js';
import { findFreePort } from '../../dist/platform/ports.js';
import { endMarked } from '../../dist/platform/process-tree.js';
import { readTemporalConnection } from '../../dist/platform/temporal-connection.js';
import { findGoTool } from '../../scripts/lib/go-tools.mjs';
import { guardedVariables, serverVariables } from './server-variables.mjs';

const run = promisify(execFile);
const READY_WITHIN_MS = 120_000;
const RETENTION_SECONDS = 72 * 3600;

const { values } = parseArgs({ options: { port: { type: 'string' }, 'ui-port': { type: 'string' } } });
const programs = findGoTool('temporal-server');
if (!programs) throw new Error('there is no temporal-server: node scripts/test.mjs production builds it');
const database = new URL(process.env.PRODUCTION_DATABASE_URL);
const port = Number(values.port);
const stateDir = process.env.AUTOTUNER_STATE_DIR;
const marker = `temporal.${port}`;
const names = { store: `temporal_${port}`, visibility: `temporal_visibility_${port}` };

/** Both databases with their tables; one that is there already is kept. */
async function migrate() {
  const { hostname, port: databasePort, username, password } = database;
  for (const [name, schema] of [
    [names.store, 'temporal'],
    [names.visibility, 'visibility'],
  ]) {
    const env = { ...process.env, SQL_PASSWORD: password };
    const connection = ['--plugin', 'postgres12', '--ep', hostname, '-p', databasePort, '-u', username, '--db', name];
    const tool = (...args) => run(path.join(programs, 'temporal-sql-tool'), [...connection, ...args], { env });
    await tool('create-database');
    await tool('setup-schema', '-v', '0.0').catch((error) => {
      // The tables of an earlier start of this server are there.
      if (!/already exists/.test(`${error.stdout}${error.stderr}`)) throw error;
    });
    await tool('update-schema', '--schema-name', `postgresql/v12/${schema}`);
  }
}

/** The namespace appears once the server has read its list of them again. */
async function untilServing() {
  const deadline = performance.now() + READY_WITHIN_MS;
  let last = new Error('it was not asked');
  while (performance.now() < deadline) {
    let connection = null;
    try {
      connection = await Connection.connect({ ...readTemporalConnection().connectionOptions, connectTimeout: 2000 });
      const request = { namespace: 'default', workflowExecutionRetentionPeriod: { seconds: RETENTION_SECONDS } };
      await connection.workflowService.registerNamespace(request).catch((error) => {
        if (!/already (?:exists|registered)/i.test(error.message)) throw error;
      });
      await connection.workflowService.listWorkflowExecutions({ namespace: 'default', pageSize: 1 });
      return;
    } catch (error) {
      last = error;
      await sleep(200);
    } finally {
      await connection?.close();
    }
  }
  throw new Error(`the server does not serve: ${last.message}`, { cause: last });
}

/** Its further ports: those of its last start, at which its parts look for each other, or free ones. */
async function ownPorts(count) {
  const file = path.join(stateDir, 'temporal-ports.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const taken = new Set([port]);
  for (let i = 0; i < count; i++) taken.add(await findFreePort(taken, (port * 7 + i * 131) % 10_000));
  const ports = [...taken].slice(1);
  writeFileSync(file, JSON.stringify(ports));
  return ports;
}

async function launch(env) {
  const startedAt = performance.now();
  const onExit = () => {
    if (performance.now() - startedAt < 1000) return console.log('the server died at once');
    console.log('the server died; starting it again');
    void launch(env);
  };
  await startDetached(path.join(programs, 'temporal-server'), ['start'], {
    logFile: path.join(stateDir, 'temporal.log'),
    env: { ...env, AUTOTUNER_OWNED: marker },
    onExit,
  });
}

mkdirSync(stateDir, { recursive: true });
// One that runs on these databases was left behind by a supervisor that was killed.
await endMarked(marker);
await migrate();
const dynamicConfig = path.join(stateDir, 'dynamic-config.yaml');
writeFileSync(dynamicConfig, '{}\n');
const ports = await ownPorts(11);
const guarded = process.env.PRODUCTION_ACCESS;
await launch({
  ...serverVariables({ port, ports, database, names, dynamicConfig }),
  ...(guarded ? guardedVariables(guarded, ports.slice(8)) : {}),
});
await untilServing();
console.log('UI        none');
