import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tuneUntil } from '../../examples/client.js';
import type { TuneSnapshot } from '../../src/client/index.js';
import { resultsSchema } from '../../src/domain/results/tune-result.js';
import { ended, kill, World, type Ran } from '../support/world.js';

let world: World;
beforeAll(async () => {
  world = await World.running();
});
afterAll(() => world?.close());

async function status(task: string): Promise<TuneSnapshot> {
  return JSON.parse((await world.cli('status', task, '--json')).stdout) as TuneSnapshot;
}
const untilStatus = (task: string, wanted: string): Promise<unknown> =>
  world.until(async () => (await status(task)).info.status === wanted, `${task} is ${wanted}`);

function expectRan(ran: Ran, code: number, stderr: RegExp): void {
  expect(ran.stderr).toMatch(stderr);
  expect(ran.code).toBe(code);
  // One message, no stack.
  expect(ran.stderr).not.toContain('    at ');
}

/** A folder on a full disk where we may mount one; otherwise a file where the folder should be. @returns what mends it. */
async function fillUp(folder: string): Promise<() => Promise<unknown>> {
  await mkdir(folder);
  try {
    await execa('mount', ['-t', 'tmpfs', '-o', 'size=4k,nr_inodes=2', 'tmpfs', folder]);
    await writeFile(join(folder, 'fill'), 'x'.repeat(4096));
    return () => execa('umount', [folder]);
  } catch {
    await rm(folder, { recursive: true });
    await writeFile(folder, 'a file is in the way');
    return () => rm(folder);
  }
}

describe('autotuner', () => {
  it('runs a tune to its end, with plain lines in a pipe', async () => {
    const ran = await world.cli('run', await world.task('piped'));
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('[1] depth=1: e2e latency mean 1.843 s');
    expect(ran.stdout).toContain('Best of 2: experiment 1 with depth=1');
    expect(ran.stdout).toMatch(/start it: .*--depth 1/);
  });

  it('compares the best with the baseline, and tells the noise of a set-up', async () => {
    const verification = { finalists: 1, rounds: { min: 2, max: 2 } };
    const path = await world.task('compared', { baseline: true, verification });
    const ran = await world.cli('run', path);
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain("[0] baseline: the engine's defaults: e2e latency mean 1.843 s");
    expect(ran.stdout).toContain('[6] round 2 of the baseline');
    // The stub measures the same whatever the parameter.
    expect(ran.stdout).toMatch(/all loads|D\(/);
    expect(ran.stdout).toMatch(/No significant gain: keep the baseline\. Experiment 1 came nearest, 0\.0 % better/);
    expect(ran.stdout).toMatch(/keep: .*stub-engine/);
    const results = resultsSchema.parse(await world.results('compared'));
    expect(results).toMatchObject({ total_experiments: 2, verdict: { kind: 'no_gain', measurements: 4 } });
    const noise = await world.cli('run', path, '--aa', '3');
    expect(noise).toMatchObject({ code: 0, stderr: '' });
    expect(noise.stdout).toContain('A/A: the same configuration differs by 0.0 % from start to start');
    expect(await world.results('compared-aa')).toMatchObject({ verdict: { kind: 'noise', rounds: 3 } });
  });

  it('speaks JSON', async () => {
    const ran = await world.cli('run', await world.task('json'), '--json');
    const lines = ran.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    expect(lines.at(-1)).toMatchObject({ type: 'result', result: { taskName: 'json', successfulExperiments: 2 } });
    expect(lines.filter((line) => line.type === 'progress').length).toBeGreaterThan(0);
    const results = await world.cli('results', 'json', '--json');
    expect(JSON.parse(results.stdout)).toMatchObject({ task_name: 'json', total_experiments: 2 });
    const best = await world.cli('best', 'json', '--json');
    expect(JSON.parse(best.stdout)).toMatchObject({ parameters: { depth: 1 }, status: 'success' });
  });

  it('submits, refuses a second one, steers, and cancels without leaving anything', async () => {
    const path = await world.task('steered', { stub: { seconds: 30 } });
    expect(await world.cli('submit', path)).toMatchObject({ code: 0 });
    expectRan(await world.cli('submit', path), 6, /'steered' is being tuned already, as tune\/steered/);
    expect((await world.cli('pause', 'steered')).stdout).toMatch(/^paused/);
    expect((await world.cli('status', 'steered')).stdout).toMatch(/phase +paused/);
    expect((await world.cli('resume', 'steered')).stdout).toMatch(/^resumed/);
    expect((await world.cli('extend', 'steered', '5')).stdout).toMatch(/^up to 105/);
    await world.until(
      async () => (await world.benchmarkStarts(), (await world.processes('steered')).length >= 4),
      'it runs'
    );
    expect((await world.cli('list', '--json')).stdout).toContain('"workflowId": "tune/steered"');
    expect((await world.cli('cancel', 'steered')).code).toBe(0);
    await untilStatus('steered', 'cancelled');
    expect(await world.processes('steered')).toEqual([]);
    expectRan(await world.cli('stop', 'steered'), 8, /has ended already/);
  });

  it('detaches on Ctrl-C, and the tune goes on', async () => {
    const path = await world.task('detached', { stub: { seconds: 2 } });
    const watching = await world.start(['run', path], '[1] depth=1: benchmarking');
    kill(watching.pid ?? 0, 'SIGINT');
    expect(await ended(watching)).toBe(130);
    expect((await world.cli('watch', 'detached')).stdout).toContain('Best of 2');
  });

  it('is a library too: examples/client.ts stops a tune at the first good score', async () => {
    const path = await world.task('by-client', { parameters: { depth: { type: 'int', min: 1, max: 50 } } });
    const file = JSON.parse(await readFile(path, 'utf8')) as { task_name: string };
    const result = await tuneUntil(await world.tunes(), file, 10);
    expect(result).toMatchObject({ stoppedEarly: true, best: { status: 'success' } });
    expect(result.totalExperiments).toBeLessThan(50);
  });

  it('names what it cannot find, and what it does not understand', async () => {
    expectRan(await world.cli('status', 'nobody'), 7, /there is no tune of 'nobody'/);
    expectRan(await world.cli('results', '../../etc/passwd'), 7, /there is no tune/);
    expectRan(await world.cli('run', 'missing.json'), 2, /missing\.json: there is no such file/);
    expectRan(await world.cli('frobnicate'), 2, /unknown command/);
    expectRan(await world.cli('schedule', 'pause', 'nobody'), 8, /has no schedule/);
  });

  it('says how to reach Temporal when it cannot', async () => {
    const alone = await World.create();
    try {
      expectRan(
        await alone.cli('list'),
        4,
        /no Temporal server answers at 127\.0\.0\.1:\d+: start one with 'autotuner dev'/
      );
      const doctor = await alone.cli('doctor');
      expect(doctor.stdout).toMatch(/warning +Temporal/);
    } finally {
      await alone.close();
    }
  });

  it('names the process that holds a port', async () => {
    const alone = await World.create();
    try {
      const ran = await alone.cli('dev', '--port', `${world.port}`);
      expectRan(ran, 4, /port \d+ is in use by process \d+: choose another one with --port/);
    } finally {
      await alone.close();
    }
  });

  it('keeps a schedule: create, list, trigger, pause, resume, delete', async () => {
    const path = await world.task('nightly');
    expect(await world.cli('schedule', 'create', path, '--cron', '0 3 * * *')).toMatchObject({ code: 0 });
    expectRan(await world.cli('schedule', 'create', path, '--every', '24h'), 8, /has a schedule already/);
    expectRan(await world.cli('schedule', 'create', path), 2, /say when/);
    await world.until(
      async () => /tune-nightly +active +\S+T03:00:00/.test((await world.cli('schedule', 'list')).stdout),
      'it is listed'
    );
    await world.cli('schedule', 'trigger', 'nightly');
    await world.until(async () => {
      const listed = JSON.parse((await world.cli('list', 'nightly', '--json')).stdout) as {
        workflowId: string;
        status: string;
      }[];
      return listed.some((info) => /^tune\/nightly-2/.test(info.workflowId) && info.status === 'completed');
    }, 'a tune with an id of its own has ended');
    expect((await world.cli('best', 'nightly')).stdout).toContain('Best of 2');
    await world.cli('schedule', 'pause', 'nightly');
    await world.until(async () => (await world.cli('schedule', 'list')).stdout.includes('paused'), 'it is paused');
    expect((await world.cli('schedule', 'resume', 'nightly')).code).toBe(0);
    expect((await world.cli('schedule', 'delete', 'nightly')).code).toBe(0);
    await world.until(async () => (await world.cli('schedule', 'list')).stdout.includes('no schedules'), 'it is gone');
  });

  it('keeps every measurement when the results folder cannot be written, and writes it later', async () => {
    const results = join(world.dir, 'results');
    await rm(results, { recursive: true, force: true });
    const repair = await fillUp(results);
    const ran = await world.cli('run', await world.task('unwritable'));
    expect(ran.stdout).toMatch(/the tune failed \(RESULTS_UNWRITABLE\)/);
    expect(ran.code).toBe(5);
    await repair();
    expect(await world.cli('results', 'unwritable', '--write')).toMatchObject({ code: 0 });
    expect((await world.results('unwritable')).all_results.map((item) => item.status)).toEqual(['success', 'success']);
  });

  it('gc takes down what a terminated experiment left, and nothing else', async () => {
    await world.cli('submit', await world.task('orphaned', { stub: { seconds: 600 } }));
    await world.until(async () => (await world.processes('orphaned')).length >= 4, 'engine and benchmark run');
    await world.temporal('workflow', 'terminate', '--workflow-id', 'tune/orphaned/1');
    await world.cli('cancel', 'orphaned');
    expect((await world.cli('gc')).stdout).toContain('0 removed');
    // What is younger than a minute may belong to a workflow that the server has not stored yet.
    await world.age();
    const { removed } = JSON.parse((await world.cli('gc', '--json')).stdout) as { removed: { name: string }[] };
    expect(removed).not.toHaveLength(0);
    for (const { name } of removed) expect(name).toMatch(/^orphaned-exp1-/);
    expect(await world.processes('orphaned')).toEqual([]);
  });
});
