/** Whatever happens to the process that brought a cluster up: nothing of it stays behind. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { until } from './rig/wait.js';

const MAIN = fileURLToPath(new URL('rig/main.mjs', import.meta.url));

let dir: string;
let command: ChildProcess | undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cluster-'));
});
afterEach(async () => {
  command?.kill('SIGKILL');
  await until('everything to be gone', async () => (await processes()).length === 0);
  await rm(dir, { recursive: true, force: true });
});

async function bringUp(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [MAIN, '--dir', dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  let printed = '';
  child.stdout.on('data', (data: Buffer) => (printed += data.toString()));
  await until('the cluster to be up', () => printed.includes('export KUBECONFIG='));
  return child;
}

/** What runs for this folder. */
async function processes(): Promise<number[]> {
  const found: number[] = [];
  for (const entry of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(`/proc/${entry}/environ`, 'latin1').catch(() => '');
    if (environment.split('\0').includes(`CLUSTER_RIG_DIR=${dir}`)) found.push(Number(entry));
  }
  return found;
}

it('ends with the process that brought it up, even by SIGKILL', async () => {
  command = await bringUp();
  expect((await processes()).length).toBeGreaterThanOrEqual(5);
  command.kill('SIGKILL');
  await until('everything to be gone', async () => (await processes()).length === 0);
});

it('goes down on request, and comes up again with what it held', async () => {
  command = await bringUp();
  command.kill('SIGTERM');
  await once(command, 'exit');
  expect(command.exitCode).toBe(0);
  expect(await processes()).toEqual([]);
  command = await bringUp();
});
