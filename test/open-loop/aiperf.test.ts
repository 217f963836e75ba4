/** A Poisson tune with the real aiperf, engine and model. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TaskFile } from '../../src/domain/task/task.schema.js';
import { REAL_TOOLS } from '../support/real-task.js';
import { World } from '../support/world.js';

let world: World;
beforeAll(async () => {
  world = await World.create(REAL_TOOLS);
});
afterAll(() => world?.close());

describe('a tune with requests at a rate on this machine', () => {
  it('is measured by the real aiperf, and leaves nothing', async () => {
    const example = JSON.parse(await readFile('examples/local_poisson_task.json', 'utf8')) as TaskFile;
    const task = join(world.dir, 'poisson.json');
    const benchmark = {
      ...example.benchmark,
      ...{
        traffic_scenarios: ['D(64,8)'],
        request_rate: 0.5,
        max_requests_per_iteration: 5,
        max_time_per_iteration: 3,
      },
      goodput: { e2e_latency: 60 },
    };
    const parameters: TaskFile['parameters'] = { parallel: { type: 'choice', values: [4] } };
    const small = { ...example, task_name: 'poisson', baseline: false, slos: [], parameters, benchmark };
    await writeFile(task, JSON.stringify({ ...small, engine_args: { ctx_size: 4096, threads: 1 } }));
    const ran = await world.cli('run', task, '--dev');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const [result] = (await world.results('poisson')).all_results;
    expect(result?.provenance?.benchmark_version).toMatch(/^aiperf \d+\.\d+/);
    expect(result?.loads).toMatchObject([{ request_rate: 0.5, completed_requests: 5, failed_requests: 0 }]);
    expect(result?.loads[0]?.goodput_share).toBeGreaterThan(0);
    // The engine counted them: 8 tokens an answer.
    const [load] = result?.loads ?? [];
    expect((load?.output_tokens_per_s ?? 0) / (load?.requests_per_s ?? 1)).toBeCloseTo(8, 5);
    expect(await world.processes()).toEqual([]);
  });
});
