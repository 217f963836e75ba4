import { describe, expect, it } from '@jest/globals';
import { measurement } from '../../../test/support/fake-activities.js';
import { outcomeOf } from '../../../test/support/outcomes.js';
import { taskOf as anyTaskOf } from '../../../test/support/tasks.js';
import { standingOf, type Standing } from './early-end.js';
import { firstConcurrency, mostMeasured, nextStep } from './load-plan.js';
import type { Conclusion, FinishedStep } from './load-step.js';
import { describeLoad, levelOf, type Load } from './load.js';
import type { Measurement } from './measurement.js';
import { parseTask } from '../task/parse-task.js';
import type { TuningTask } from '../task/task.schema.js';

function taskOf(benchmark: object = {}, optimization: object = {}, more: object = {}): TuningTask {
  const loads = { traffic_scenarios: ['D(500,50)', 'D(10,10)'], num_concurrency: [8, 1] };
  return anyTaskOf({ optimization, benchmark: { ...loads, ...benchmark }, ...more });
}

/** Runs the plan to its end. @param latency of a load at its n-th time; null where it fails. */
function run(
  task: TuningTask,
  latency: (load: Load, time: number) => number | null = () => 1,
  standing?: Standing
): { readonly steps: readonly string[]; readonly conclusion: Conclusion } {
  const finished: FinishedStep[] = [];
  for (;;) {
    const next = nextStep(task, finished, standing);
    if ('conclusion' in next)
      return {
        steps: finished.map(({ loads }) => loads.map(describeLoad).join(' + ')),
        conclusion: next.conclusion,
      };
    const times = (load: Load): number =>
      finished.filter(({ loads }) => loads.some((one) => describeLoad(one) === describeLoad(load))).length;
    const measurements = next.loads.flatMap((load): Measurement[] => {
      const value = latency(load, times(load));
      return value === null ? [] : [{ ...measurement(value), ...load }];
    });
    finished.push({ loads: next.loads, measurements });
    expect(finished.length).toBeLessThanOrEqual(mostMeasured(task).starts);
  }
}

const ALL = 'D(500,50) at 8 + D(500,50) at 1 + D(10,10) at 8 + D(10,10) at 1';
const BY_WEIGHT = ['D(10,10) at 1', 'D(10,10) at 8', 'D(500,50) at 1', 'D(500,50) at 8'];
/** A best whose every load took a second. */
function bestOf(task: TuningTask): Standing | undefined {
  const { conclusion } = run(task);
  return standingOf(task, { ...outcomeOf(1, 1), measurements: conclusion.measurements });
}

describe('the loads of an experiment', () => {
  it('are all measured in one step unless the task wants more', () => {
    const { steps, conclusion } = run(taskOf());
    expect(steps).toEqual([ALL]);
    expect(conclusion.measurements.map(describeLoad)).toEqual(ALL.split(' + '));
    expect(conclusion.measurements[0]).not.toHaveProperty('repeats');
    expect(mostMeasured(taskOf())).toEqual({ starts: 1, loads: 4 });
  });

  it('are repeated in rounds, and pooled', () => {
    const { steps, conclusion } = run(taskOf({ repeats: 3 }), (_, time) => time + 1);
    expect(steps).toEqual([ALL, ALL, ALL]);
    expect(conclusion.measurements).toHaveLength(4);
    expect(conclusion.measurements[0]?.e2e_latency_s).toMatchObject({ mean: 2, min: 1, max: 3 });
    expect(conclusion.measurements[0]?.repeats?.count).toBe(3);
    expect(mostMeasured(taskOf({ repeats: 3 }))).toEqual({ starts: 3, loads: 12 });
  });

  it('each have a step of their own where the prefix cache is reset before each', () => {
    const task = taskOf({ prefix_cache: 'reset_each_load' });
    expect(run(task).steps).toEqual(ALL.split(' + '));
    expect(mostMeasured(task)).toEqual({ starts: 4, loads: 4 });
  });

  it('are measured whatever they show without permission to end early', () => {
    const task = taskOf({}, {}, { slos: [{ metric: 'e2e_latency', statistic: 'mean', max: 0.5 }] });
    expect(standingOf(task, null)).toBeUndefined();
    expect(run(task, () => 100).steps).toEqual([ALL]);
  });
});

describe('an experiment that may end early', () => {
  const early = { early_end: true };

  it('measures the lightest loads first, each alone, and all of them when it keeps up', () => {
    const task = taskOf({}, early);
    const { steps, conclusion } = run(task, () => 1.4, bestOf(task));
    expect(steps).toEqual(BY_WEIGHT);
    expect(conclusion.endedEarly).toBeUndefined();
    expect(conclusion.measurements.map(describeLoad)).toEqual(ALL.split(' + '));
  });

  it('ends when it is far behind the best, with an estimate of its score that is worse', () => {
    const task = taskOf({}, early);
    const { steps, conclusion } = run(task, () => 2, bestOf(task));
    expect(steps).toEqual(BY_WEIGHT.slice(0, 1));
    expect(conclusion.endedEarly).toMatchObject({ kind: 'hopeless', after: 'D(10,10) at 1' });
    expect(conclusion.endedEarly?.score).toBeCloseTo(2);
    expect(conclusion.endedEarly?.reason).toBe('2.00 times as bad as experiment 1 on the same loads');
  });

  it('is judged by all that it has measured so far, and goes on as long as that may be noise', () => {
    const task = taskOf({}, early);
    const slowest = (load: Load): number => (describeLoad(load) === BY_WEIGHT[0] ? 1 : 3);
    expect(run(task, slowest, bestOf(task)).steps).toEqual(BY_WEIGHT.slice(0, 2));
    expect(run(task, () => 1.52, bestOf(task)).conclusion.endedEarly).toBeUndefined();
    const strict = taskOf({}, { early_end: { worse_by: 0.2 } });
    expect(run(strict, () => 1.52, bestOf(strict)).conclusion.endedEarly?.kind).toBe('hopeless');
  });

  it('counts a throughput as a latency turned round', () => {
    const task = taskOf({}, { ...early, objective: 'maximize_throughput' });
    const measured = run(task).conclusion.measurements.map((one) => ({ ...one, output_tokens_per_s: 40 }));
    const standing = standingOf(task, { ...outcomeOf(1, -40), measurements: measured });
    // Fakes have 10 tokens per second.
    const { endedEarly } = run(task, () => 1, standing).conclusion;
    expect(endedEarly?.kind).toBe('hopeless');
    expect(endedEarly?.score).toBeCloseTo(-10);
  });

  it('ends when a light load misses an SLO, also as the first of all', () => {
    const task = taskOf({}, early, { slos: [{ metric: 'ttft', statistic: 'p95', max: 0.05 }] });
    const { steps, conclusion } = run(task, (load) => levelOf(load) / 2, standingOf(task, null));
    expect(steps).toEqual(BY_WEIGHT.slice(0, 2));
    expect(conclusion.endedEarly).toMatchObject({ kind: 'slo', after: 'D(10,10) at 8', score: null });
    expect(conclusion.endedEarly?.reason).toBe(
      'ttft p95 at most 50.0 ms is 400.0 ms (700 % too much) under D(10,10) at 8'
    );
  });

  it('repeats in whole rounds what is worth it', () => {
    const task = taskOf({ repeats: 2 }, early);
    expect(run(task, () => 1, bestOf(task)).steps).toEqual([...BY_WEIGHT, ALL]);
    expect(mostMeasured(task)).toEqual({ starts: 5, loads: 8 });
  });

  it('is not judged any more when there is nothing left to save', () => {
    const task = taskOf({ num_concurrency: [1], traffic_scenarios: ['D(10,10)'] }, early);
    expect(run(task, () => 9, bestOf(task)).conclusion.endedEarly).toBeUndefined();
  });
});

describe('a search for the highest load', () => {
  const objective = { max_load: { min: 1, max: 64, tolerance: 0 } };
  const slos = [{ metric: 'e2e_latency', statistic: 'p95', max: 1.5 }];
  const task = taskOf({}, { objective }, { slos });
  /** Holds up to 20 requests at once. */
  const latency = (load: Load): number => levelOf(load) / 13;

  it('measures one load a step, and is scored by the highest that holds', () => {
    const { steps, conclusion } = run(task, latency);
    expect(steps.length).toBeLessThanOrEqual(8);
    expect(steps.every((step) => step.startsWith('D(500,50) at '))).toBe(true);
    expect(conclusion.maxLoad?.concurrency).toBe(19);
    expect(conclusion.measurements).toMatchObject([{ concurrency: 19 }]);
    expect(conclusion.maxLoad?.probes.find(({ concurrency }) => concurrency === 20)?.missed).toContain(
      'e2e latency p95'
    );
  });

  it('takes a load that fails for one that does not hold', () => {
    const failing = (load: Load): number | null => (levelOf(load) > 7 ? null : 1);
    const { conclusion } = run(task, failing);
    expect(conclusion.maxLoad?.concurrency).toBe(7);
    expect(conclusion.maxLoad?.probes).toContainEqual({ concurrency: 8, holds: false, missed: 'the load failed' });
  });

  it('shows the lightest load when nothing holds', () => {
    const { conclusion } = run(task, () => 9);
    expect(conclusion.maxLoad?.concurrency).toBeNull();
    expect(conclusion.measurements).toMatchObject([{ concurrency: 1 }]);
  });

  it('decides each probe by all its repeats', () => {
    const repeated = taskOf({ repeats: 2 }, { objective }, { slos });
    const { steps, conclusion } = run(repeated, (load, time) => latency(load) * (time % 2 === 0 ? 0.5 : 1.5));
    expect(conclusion.maxLoad?.concurrency).toBe(19);
    expect(steps.length).toBe(2 * (conclusion.maxLoad?.probes.length ?? 0));
    expect(steps[0]).toBe(steps[1]);
  });

  it('ends early where even what is still possible is far behind the best', () => {
    const may = taskOf({}, { objective, early_end: true }, { slos });
    const standing = standingOf(may, outcomeOf(1, -60));
    const { steps, conclusion } = run(may, latency, standing);
    expect(conclusion.endedEarly?.kind).toBe('hopeless');
    expect(conclusion.endedEarly?.score).toBeGreaterThan(-40);
    expect(steps.length).toBeLessThan(run(may, latency).steps.length);
  });

  it('warms up for what it begins with', () => {
    expect(firstConcurrency(taskOf())).toBe(8);
    expect(firstConcurrency(task)).toBeLessThan(64);
  });

  it('needs a limit, and one of the scenarios', () => {
    const parsed = parseTask({
      ...task,
      optimization: { objective: { max_load: { max: 8, scenario: 'D(1,1)' } } },
      slos: [],
    });
    expect('issues' in parsed && parsed.issues.map(({ message }) => message)).toEqual([
      'needs slos: without a limit every load holds',
      'is none of benchmark.traffic_scenarios',
    ]);
  });
});
