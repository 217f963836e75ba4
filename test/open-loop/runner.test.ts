/** Requests at a rate, with a stub of aiperf: from the task file to the results, past a worker's death, and what is refused before. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ended, kill, World, type StubTask } from '../support/world.js';

let world: World;
beforeAll(async () => {
  world = await World.running();
});
afterAll(() => world?.close());

function openLoop(stub: object, more: object = {}): StubTask {
  return {
    parameters: { depth: { type: 'choice', values: [1] } },
    optimization: { objective: { metric: 'goodput', direction: 'maximize' } },
    benchmark: {
      ...{ model_name: 'm', model_tokenizer: 'tok', warmup_requests: 2, request_rate: [5, 20] },
      ...{ goodput: { ttft: 0.1, tpot: 0.05 }, additional_params: { stub }, ...more },
    },
  };
}

describe('requests at a rate', () => {
  it('are measured by aiperf, and named with their rate everywhere', async () => {
    const path = await world.task('rates', openLoop({}, { arrival: { pattern: 'gamma', smoothness: 0.5 } }));
    const plan = await world.cli('plan', path);
    expect(plan.stdout).toContain('D(100,100) at 5 req/s, D(100,100) at 20 req/s; gamma arrivals of smoothness 0.5');
    const ran = await world.cli('run', path);
    expect(ran.code).toBe(0);
    const results = await world.results('rates');
    expect(results.best_result).toMatchObject({
      provenance: { benchmark_version: 'aiperf 0.13.0-stub' },
      loads: [
        { scenario: 'D(100,100)', request_rate: 5, goodput_share: 1 },
        { scenario: 'D(100,100)', request_rate: 20, goodput_share: 1 },
      ],
    });
    const shown = await world.cli('results', 'rates');
    expect(shown.stdout).toContain('D(100,100) at 20 req/s');
    expect(await world.processes('rates')).toEqual([]);
  });

  it('go on when the worker is killed, and are not sent again', async () => {
    const until = join(world.dir, 'go on');
    const tune = await world.startTune(await world.task('rate-dies', openLoop({ until })));
    const begun = async (): Promise<number> => {
      const starts = Object.entries(await world.benchmarkStarts()).filter(([folder]) => folder.includes('/rate-dies/'));
      return starts.reduce((sum, [, count]) => sum + count, 0);
    };
    await world.until(async () => (await begun()) === 1, 'the first load has begun');
    kill(world.worker.pid ?? 0, 'SIGKILL');
    await ended(world.worker);
    const worker = await world.startWorker();
    await writeFile(until, '');
    await tune.result();
    // One start of aiperf for each of the two loads.
    expect(await begun()).toBe(2);
    expect((await world.results('rate-dies')).all_results).toMatchObject([{ status: 'success' }]);
    expect(await world.processes('rate-dies')).toEqual([]);
    expect(worker.exitCode).toBeNull();
  });

  it('are refused with genai-bench, with the line and the name of the runner that has them', async () => {
    const path = await world.task('wrong-runner', openLoop({}, { runner: 'genai-bench' }));
    await writeFile(path, JSON.stringify(JSON.parse(await readFile(path, 'utf8')), null, 2));
    const validated = await world.cli('validate', path);
    expect(validated.code).not.toBe(0);
    const said = validated.stdout + validated.stderr;
    expect(said).toMatch(/wrong-runner\.json:\d+:\d+/);
    expect(said).toMatch(/benchmark\.request_rate: genai-bench only keeps .* need benchmark\.runner 'aiperf'/);
  });
});
