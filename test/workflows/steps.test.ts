/** What happens within one engine start: steps, repeats, an early end, the search for the highest load. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/activity';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { BenchmarkSummary, BenchmarkTarget } from '../../src/contracts/activities.js';
import { CONTROL_QUEUE } from '../../src/contracts/task-queues.js';
import { describeLoad, type Load } from '../../src/domain/loads/load.js';
import type { TuneResult } from '../../src/domain/results/tune-result.js';
import { fakeWorld, measurement, type FakeWorld } from '../support/fake-activities.js';
import { recordHistories } from '../support/histories.js';
import { startTimeSkipping, withWorkers, workflowBundle } from '../support/temporal.js';

let environment: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;
beforeAll(async () => {
  environment = await startTimeSkipping();
  bundle = await workflowBundle();
});
afterAll(() => environment?.teardown());

const started: string[] = [];
// `npm run histories` keeps what these tests did for the replay suite.
afterEach(async () => {
  const tuneIds = started.splice(0);
  if (process.env['RECORD_HISTORIES'] !== '1') return;
  for (const id of tuneIds)
    await recordHistories(environment.client.workflow, expect.getState().currentTestName ?? '', id);
});

interface Asked {
  readonly optimization?: object;
  readonly benchmark?: object;
  readonly more?: object;
  readonly values?: readonly number[];
}

async function tune(world: FakeWorld, { optimization, benchmark, more, values = [1] }: Asked): Promise<TuneResult> {
  const workflowId = `tune/${randomUUID()}`;
  started.push(workflowId);
  const file = {
    task_name: 'test',
    backend: 'process',
    engine: 'llama.cpp',
    model: { name: 'm' },
    parameters: { x: { type: 'choice', values } },
    optimization: { strategy: 'grid_search', ...optimization },
    baseline: false,
    benchmark: { model_name: 'm', traffic_scenarios: ['D(100,100)'], num_concurrency: [4, 1], ...benchmark },
    ...more,
  };
  return withWorkers(environment, bundle, world.activities, () =>
    environment.client.workflow.execute('tuneWorkflow', { workflowId, taskQueue: CONTROL_QUEUE, args: [file] })
  ) as Promise<TuneResult>;
}

/** A world whose loads take as long as `latency` says; notes every step, and with how many steps an engine is taken down. */
function stepWorld(latency: (target: BenchmarkTarget, load: Load) => number): FakeWorld & { readonly steps: string[] } {
  const steps: string[] = [];
  const world = fakeWorld(() => ({
    async runBenchmark(target): Promise<BenchmarkSummary> {
      const { number, loads } = target.step;
      steps.push(`${target.experimentId}.${number} ${loads.map(describeLoad).join(' + ')}`);
      return {
        measurements: loads.map((load) => ({ ...measurement(latency(target, load)), ...load })),
        toolVersion: 'stub',
        toolSeconds: 2,
        artifactsUri: 'file:///nowhere',
        loadAverage: number,
        prefixCache: number === 1 ? 'reset' : 'not-reset',
      };
    },
    async tearDown(target) {
      steps.push(`${target.experimentId} down after ${target.steps}`);
      return { leaks: [] };
    },
  }));
  return { ...world, steps };
}

const BOTH = 'D(100,100) at 4 + D(100,100) at 1';

describe('an experiment', () => {
  it('measures all its loads in one step where nothing else is asked for', async () => {
    const world = stepWorld(() => 1);
    await tune(world, {});
    expect(world.steps).toEqual([`1.1 ${BOTH}`, '1 down after 1']);
    expect(world.outcomes[0]?.measurements[0]).not.toHaveProperty('repeats');
    expect(world.outcomes[0]).not.toHaveProperty('endedEarly');
  });

  it('repeats its loads on the same engine, and keeps what they give together', async () => {
    const world = stepWorld(({ step }) => step.number);
    const result = await tune(world, { benchmark: { repeats: 3 } });
    expect(world.steps).toEqual([`1.1 ${BOTH}`, `1.2 ${BOTH}`, `1.3 ${BOTH}`, '1 down after 3']);
    expect(result.successfulExperiments).toBe(1);
    const [outcome] = world.outcomes;
    expect(outcome).toMatchObject({ status: 'succeeded', score: 2, timings: { benchmark_tool: 6 } });
    expect(outcome?.measurements).toMatchObject([
      { concurrency: 4, e2e_latency_s: { mean: 2 }, repeats: { count: 3, spread: { e2e_latency_s: 0.5 } } },
      { concurrency: 1, repeats: { count: 3 } },
    ]);
    // The load of the machine before the first step; the prefix cache as the worst step had it.
    expect(outcome?.provenance).toMatchObject({ load_average: 1, prefix_cache: 'not-reset', warm_up: { requests: 4 } });
  });

  it('that fails in a later step has failed, and is taken down with all its steps', async () => {
    const world = stepWorld(({ step }) => {
      if (step.number === 2) throw ApplicationFailure.nonRetryable('it is gone', 'ENGINE_CRASHED');
      return 1;
    });
    await tune(world, { benchmark: { repeats: 3 } });
    expect(world.steps.at(-1)).toBe('1 down after 2');
    expect(world.outcomes[0]).toMatchObject({ status: 'failed', score: null, failure: { code: 'ENGINE_CRASHED' } });
  });

  it('measures no step again that has ended when a later one is tried again', async () => {
    let tries = 0;
    const world = stepWorld(({ step }) => {
      if (step.number === 2 && ++tries === 1) throw new Error('the worker was lost');
      return 1;
    });
    await tune(world, { benchmark: { repeats: 2 } });
    expect(world.steps).toEqual([`1.1 ${BOTH}`, `1.2 ${BOTH}`, `1.2 ${BOTH}`, '1 down after 2']);
    expect(world.outcomes[0]).toMatchObject({ status: 'succeeded', attempts: 1 });
  });
});

describe('a hopeless experiment', () => {
  it('ends after the lightest load that shows it, never wins, and has an estimated score', async () => {
    const world = stepWorld(({ combination }) => Number(combination['x']));
    const result = await tune(world, { optimization: { early_end: true }, values: [2, 9, 1] });
    expect(world.steps).toEqual([
      ...['1.1 D(100,100) at 1', '1.2 D(100,100) at 4', '1 down after 2'],
      ...['2.1 D(100,100) at 1', '2 down after 1'],
      ...['3.1 D(100,100) at 1', '3.2 D(100,100) at 4', '3 down after 2'],
    ]);
    expect(result.answer).toContain('experiment 3 with x=1');
    expect(world.outcomes[1]).toMatchObject({
      status: 'infeasible',
      measurements: [{ concurrency: 1 }],
      endedEarly: { kind: 'hopeless', after: 'D(100,100) at 1' },
    });
    expect(world.outcomes[1]?.score).toBeCloseTo(9);
    expect(world.outcomes[0]?.measurements.map(({ concurrency }) => concurrency)).toEqual([4, 1]);
  });

  it('ends also when a light load misses an SLO', async () => {
    const world = stepWorld(() => 5);
    const slos = [{ metric: 'e2e_latency', statistic: 'mean', max: 4 }];
    await tune(world, { optimization: { early_end: true }, more: { slos } });
    expect(world.steps).toEqual(['1.1 D(100,100) at 1', '1 down after 1']);
    expect(world.outcomes[0]).toMatchObject({ status: 'infeasible', score: null, endedEarly: { kind: 'slo' } });
  });
});

describe('the highest load under the SLOs', () => {
  const objective = { max_load: { max: 32, tolerance: 0 } };
  const slos = [{ metric: 'e2e_latency', statistic: 'p95', max: 1 }];

  it('is found on one engine, and is what combinations are compared by', async () => {
    const world = stepWorld(({ combination }, { concurrency = 1 }) => concurrency / Number(combination['x']));
    const result = await tune(world, { optimization: { objective }, more: { slos }, values: [5, 17, 40] });
    expect(world.outcomes.map(({ maxLoad, score }) => [maxLoad?.concurrency, score])).toEqual([
      [5, -5],
      [17, -17],
      [32, -32],
    ]);
    expect(result.answer).toContain('experiment 3 with x=40, max load 32 at once');
    expect(world.steps.filter((step) => step.includes('down'))).toHaveLength(3);
    expect(world.steps.filter((step) => step.startsWith('1.')).length).toBeLessThanOrEqual(7);
  });

  it('takes loads that fail for too heavy, and a combination of which all fail for failed', async () => {
    const world = stepWorld(({ combination }, { concurrency = 1 }) => {
      if (concurrency > Number(combination['x']))
        throw ApplicationFailure.nonRetryable('no request finished', 'LOAD_FAILED');
      return 0.1;
    });
    await tune(world, { optimization: { objective }, more: { slos }, values: [3, 0] });
    expect(world.outcomes).toMatchObject([
      { status: 'succeeded', score: -3, maxLoad: { concurrency: 3 } },
      { status: 'failed', score: null, failure: { code: 'LOAD_FAILED' } },
    ]);
  });

  it('is infeasible where not even one request holds them', async () => {
    const world = stepWorld(() => 9);
    await tune(world, { optimization: { objective }, more: { slos } });
    expect(world.outcomes[0]).toMatchObject({
      status: 'infeasible',
      score: 0,
      maxLoad: { concurrency: null },
      measurements: [{ concurrency: 1 }],
    });
  });
});
