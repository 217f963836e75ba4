/** A small tune as `npm run demo` runs it: the real Temporal server, engine, model and load generator. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TaskFile } from '../../src/domain/task/task.schema.js';
import { ended, kill, World } from '../support/world.js';

let world: World;
let task: string;

beforeAll(async () => {
  // Empty is as good as absent: the stubs give way to the installed tools.
  world = await World.create({ GENAI_BENCH_PATH: process.env['GENAI_BENCH_PATH'] ?? '', AUTOTUNER_MODELS_DIR: '' });
  const file = JSON.parse(await readFile('examples/local_task.json', 'utf8')) as TaskFile;
  task = join(world.dir, 'small.json');
  await writeFile(
    task,
    JSON.stringify({
      ...file,
      task_name: 'small',
      baseline: false,
      // A slow machine that does other work beside is to end each load by its requests, not by its time; two threads
      // that wait for each other by spinning would make that slower still.
      engine_args: { ...file.engine_args, threads: 1 },
      parameters: { parallel: { type: 'choice', values: [1, 4] } },
      benchmark: {
        ...file.benchmark,
        traffic_scenarios: ['D(64,24)'],
        num_concurrency: [4],
        max_requests_per_iteration: 8,
        max_time_per_iteration: 10,
      },
    })
  );
});
afterAll(() => world?.close());

describe('a real tune on this machine', () => {
  it('measures each combination, names the best, and leaves nothing', async () => {
    const ran = await world.cli('run', task, '--dev');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('Best of 2: experiment');
    const results = await world.results('small');
    expect(results).toMatchObject({ total_experiments: 2, successful_experiments: 2, stopped_early: false });
    for (const result of results.all_results) {
      expect(result.provenance).toMatchObject({ engine: 'llama.cpp', benchmark_version: '0.0.5' });
      expect(result.provenance?.engine_version).not.toBe('unknown');
      expect(result.provenance?.model).toMatch(/model\.gguf \(\d+ bytes, changed \d{4}-/);
      expect(result.loads[0]).toMatchObject({ concurrency: 4, failed_requests: 0 });
      expect(result.loads[0]?.completed_requests).toBeGreaterThanOrEqual(8);
    }
    // With one slot, requests at concurrency 4 wait for each other: the effect is far larger than the noise.
    const [one, four] = results.all_results.map((result) => result.loads[0]?.ttft_s.mean ?? 0);
    expect(one).toBeGreaterThan(four ?? 0);
    expect(results.best_result?.parameters).toEqual({ parallel: 4 });
    expect(await world.processes()).toEqual([]);
  });

  it('on Ctrl-C takes the engine down, stops its servers, and says so', async () => {
    await rm(join(world.dir, 'state'), { recursive: true, force: true });
    const running = await world.start(['run', task, '--dev'], '[1] parallel=1: benchmarking');
    expect((await world.processes('small-exp1')).length).toBeGreaterThan(0);
    kill(running.pid ?? 0, 'SIGINT');
    expect(await ended(running)).toBe(130);
    expect(await world.processes()).toEqual([]);
  });

  it('goes on where it was after kill -9 of everything but the engine', async () => {
    const file = JSON.parse(await readFile(task, 'utf8')) as TaskFile;
    await writeFile(task, JSON.stringify({ ...file, parameters: { parallel: { type: 'choice', values: [1] } } }));
    const running = await world.start(['run', task, '--dev'], '[1] parallel=1: benchmarking');
    kill(running.pid ?? 0, 'SIGKILL');
    await ended(running);
    const ran = await world.cli('run', task, '--dev');
    expect(ran.stdout).toContain('tune/small was interrupted: going on where it was');
    expect(ran.code).toBe(0);
    expect((await world.results('small')).all_results.map((result) => result.status)).toEqual(['success']);
    expect(await world.processes()).toEqual([]);
  });
});
