/** A small tune as `npm run demo` runs it: the real Temporal server, engine, model and load generator. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { REAL_TOOLS, writeRealTask } from '../support/real-task.js';
import { ended, kill, World } from '../support/world.js';

let world: World;
let task: string;

beforeAll(async () => {
  world = await World.create(REAL_TOOLS);
  task = await writeRealTask(world, { values: [1, 4] });
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
});
