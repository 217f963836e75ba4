/** Temporal's database is lost: nobody knows the tune any more, and what it runs must go all the same, and nothing else. */
import { spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdir, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ReapReport } from '../../src/contracts/activities.js';
import { OwnedProcesses } from '../../src/platform/owned-process.js';
import { startTimeOf } from '../../src/platform/process-tree.js';
import { expectMeasuredOnce } from '../support/expect-measured-once.js';
import { ended, kill, World } from '../support/world.js';

const LIVES = ['-e', 'setInterval(() => {}, 1000)'];

let world: World;
let server: ChildProcess;
let worker: ChildProcess;
/** Of another project, in a state folder of its own. */
let others: OwnedProcesses;
beforeAll(async () => {
  world = await World.create();
  server = await world.startServer();
  worker = await world.startWorker();
  others = new OwnedProcesses(join(world.dir, 'another-state', 'leases'));
});
afterAll(async () => {
  for (const { name, kind } of await others.list()) await others.remove(name, kind);
  await world?.close();
});

const state = (...path: string[]): string => join(world.dir, 'state', ...path);
const files = async (folder: string): Promise<string[]> => (await readdir(state(folder)).catch(() => [])).sort();

async function gc(...args: string[]): Promise<ReapReport> {
  return JSON.parse((await world.cli('gc', '--json', ...args)).stdout) as ReapReport;
}

/** A tune in the middle of a benchmark. @returns the name of its first experiment's attempt. */
async function benchmarking(task: string): Promise<string> {
  const tune = await world.startTune(await world.task(task, { stub: { seconds: 600 } }));
  await world.untilPhase(tune, 'benchmarking');
  await world.until(async () => (await world.processes(`${task}-exp1`)).length >= 4, 'engine and benchmark run');
  const name = (await files('places')).find((file) => file.startsWith(task)) ?? '';
  expect(await files('leases')).toEqual([`${name}.benchmark`, `${name}.engine`]);
  return name;
}

async function loseTheDatabase(): Promise<void> {
  const [temporal] = await world.processes('temporal.');
  kill(server.pid ?? 0, 'SIGKILL');
  kill(temporal ?? 0, 'SIGKILL');
  await ended(server);
  await world.until(async () => (await world.processes('temporal.')).length === 0, 'the server is gone');
  for (const file of await readdir(state())) if (file.startsWith('temporal.db')) await rm(state(file));
}

describe('when the database of Temporal is lost', () => {
  it('what a tune runs is ended by the next worker, and nothing that only looks like it', async () => {
    const name = await benchmarking('forgotten');
    // A process and a folder with similar names, and an engine of the same name that another project runs.
    const decoy = spawn(process.execPath, LIVES, { env: { ...process.env, AUTOTUNER_OWNED: `${name}.engine2` } });
    await cp(state('leases', `${name}.engine`), state('leases', `${name}.engine.bak`), { recursive: true });
    await writeFile(state('places', 'NOTES.txt'), 'mine');
    const foreign = { workflowId: 'tune/forgotten/1', runId: 'another', taskName: 'forgotten', experimentId: 1 };
    await others.start({
      ...{ name: `${name}-other`, kind: 'engine', owner: foreign, port: null, env: {} },
      command: [process.execPath, ...LIVES],
    });

    await loseTheDatabase();
    kill(worker.pid ?? 0, 'SIGKILL');
    await ended(worker);
    expect((await world.processes(name)).length).toBeGreaterThanOrEqual(4);
    server = await world.startServer();
    await world.age();
    worker = await world.startWorker();
    await world.until(async () => (await world.processes(`${name}.`)).length === 0, 'nothing of it runs');

    expect(await gc()).toMatchObject({ removed: [], problems: [] });
    expect(await files('leases')).toEqual([`${name}.engine.bak`]);
    expect(await files('places')).toEqual(['NOTES.txt']);
    expect(await startTimeOf(decoy.pid ?? 0)).not.toBeNull();
    expect(await others.status(`${name}-other`, 'engine')).toBe('running');
    decoy.kill('SIGKILL');
    await rm(state('leases', `${name}.engine.bak`), { recursive: true });
    // What was measured before is nobody's to remove.
    expect(await files('artifacts')).toEqual(['forgotten']);
  });

  it('a worker that lives on ends it at gc, and goes on tuning', async () => {
    const name = await benchmarking('outlived');
    await loseTheDatabase();
    server = await world.startServer();
    await world.age();
    await world.until(async () => {
      const { removed } = await gc('--dry-run');
      return removed.some((item) => item.name === name);
    }, 'gc would remove it');
    expect(await world.processes(`${name}.engine`)).not.toEqual([]);
    const { removed, problems } = await gc();
    expect(problems).toEqual([]);
    expect(removed.map((item) => item.name)).toContain(name);
    expect(await world.processes(`${name}.`)).toEqual([]);
    expect([await files('leases'), await files('places')]).toEqual([[], ['NOTES.txt']]);

    const ran = await world.cli('run', await world.task('afterwards'));
    expect(ran.code).toBe(0);
    await expectMeasuredOnce(world, 'afterwards', 2);
  });
});

describe('what a worker left half-made when it was killed', () => {
  it('is removed once it is old; what still runs in it is reported', async () => {
    const hour = Date.now() / 1000 - 2 * 3600;
    for (const folder of ['half-made.engine', 'half-read.engine', 'just-made.engine'])
      await mkdir(state('leases', folder));
    await writeFile(state('leases', 'half-read.engine', 'lease.json'), '{"name": "half-re');
    for (const folder of ['half-made.engine', 'half-read.engine']) await utimes(state('leases', folder), hour, hour);
    await writeFile(state('places', 'half-made.123456'), '');
    await utimes(state('places', 'half-made.123456'), hour, hour);
    const running = spawn(process.execPath, LIVES, { env: { ...process.env, AUTOTUNER_OWNED: 'half-read.engine' } });
    try {
      const ran = await world.cli('gc');
      expect(ran.code).toBe(9);
      expect(ran.stdout).toContain(`removed leftover ${state('leases', 'half-made.engine')}`);
      expect(ran.stdout).toContain(`problem: ${state('leases', 'half-read.engine')} does not say whose`);
      expect(ran.stdout).toContain(String(running.pid));
      expect(await startTimeOf(running.pid ?? 0)).not.toBeNull();
    } finally {
      running.kill('SIGKILL');
      await ended(running);
    }
    expect((await world.cli('gc')).code).toBe(0);
    expect([await files('leases'), await files('places')]).toEqual([['just-made.engine'], ['NOTES.txt']]);
  });
});
