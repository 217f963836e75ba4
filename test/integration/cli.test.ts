/** The commands around a tune: run, submit, status, steering, results. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { tuneUntil } from '../../examples/client.js';
import type { TuneSnapshot } from '../../src/client/index.js';
import { expectRan } from '../support/expect-ran.js';
import { ended, kill, World } from '../support/world.js';

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

describe('autotuner', () => {
  it('runs a tune to its end, with plain lines in a pipe', async () => {
    const ran = await world.cli('run', await world.task('piped'));
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('[1] depth=1: e2e latency mean 1.843 s');
    expect(ran.stdout).toContain('Best of 2: experiment 1 with depth=1');
    expect(ran.stdout).toMatch(/start it: .*--depth 1/);
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
});
