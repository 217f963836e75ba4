import { describe, expect, it } from '@jest/globals';
import { measurement } from '../../../test/support/fake-activities.js';
import { taskOf } from '../../../test/support/tasks.js';
import { assess, scoreReference } from './assess.js';
import type { Measurement } from '../loads/measurement.js';
import { describeScoring, scoringOf } from './objective.js';
import type { ObjectiveSpec } from '../task/objective.schema.js';

const SCENARIO = 'D(100,100)';
const at = (concurrency: number, latency: number, tokens: number): Measurement => ({
  ...measurement(latency, tokens),
  concurrency,
});
/** Two loads: a light one and a heavy one. */
const LIGHT_AND_HEAVY = [at(1, 1, 40), at(8, 4, 160)];
const throughput = { metric: 'output_throughput', statistic: 'mean', direction: 'maximize' } as const;
const latency = { metric: 'e2e_latency', statistic: 'mean', direction: 'minimize' } as const;

function taskWith(
  objective: ObjectiveSpec,
  optimization: object = {},
  benchmark: object = {}
): ReturnType<typeof taskOf> {
  return taskOf({
    optimization: { objective, ...optimization },
    benchmark: { num_concurrency: [1, 8], ...benchmark },
    cost: { accelerators: 'tp_size * 2', price_per_accelerator_hour: 3.6, currency: 'EUR' },
  });
}
const scoresWith = (task: ReturnType<typeof taskOf>, measurements = LIGHT_AND_HEAVY): readonly number[] | undefined =>
  assess(task, { tp_size: 2 }, { measurements }).scores;

describe('the score of an experiment', () => {
  it.each([
    ['the mean of the loads', 'minimize_latency', 2.5],
    ['what is maximised, negated', 'maximize_throughput', -100],
    ['per accelerator: 2 * 2 of them', { ...throughput, per_accelerator: true }, -25],
    // 3.6 EUR * 4 an hour are 0.004 EUR a second: 100 and 25 EUR for a million tokens.
    ['the cost of a million tokens', { ...latency, metric: 'cost_per_million_output_tokens' }, 62.5],
  ] satisfies [string, ObjectiveSpec, number][])('is %s', (_, objective, expected) => {
    expect(scoresWith(taskWith(objective))?.[0]).toBeCloseTo(expected, 10);
  });

  it('weighs the loads: those that are not named count 1', () => {
    const weights = { load_weights: [{ concurrency: 8, weight: 3 }] };
    expect(scoresWith(taskWith('minimize_latency', {}, weights))?.[0]).toBeCloseTo((1 * 1 + 3 * 4) / 4, 10);
  });

  it('is one per objective when there are several', () => {
    expect(scoresWith(taskWith([latency, throughput]))).toEqual([2.5, -100]);
  });

  it('of several weighted is the logarithm of their weighted geometric mean', () => {
    const weighted = [
      { ...latency, weight: 3, reference: 2 },
      { ...throughput, weight: 1 },
    ];
    const expected = (3 * Math.log(2.5 / 2) - Math.log(100)) / 4;
    expect(scoresWith(taskWith({ weighted }))?.[0]).toBeCloseTo(expected, 10);
  });

  it('of several weighted orders two combinations alike, whatever they are compared with', () => {
    const [fast, cheap] = [[at(1, 1, 40)], [at(1, 2, 90)]];
    const order = (reference: number): number => {
      const weighted = [
        { ...latency, weight: 1, reference },
        { ...throughput, weight: 1, reference: 7 / reference },
      ];
      const task = taskWith({ weighted }, {}, { num_concurrency: [1] });
      return (scoresWith(task, fast)?.[0] ?? NaN) - (scoresWith(task, cheap)?.[0] ?? NaN);
    };
    for (const reference of [0.001, 1, 5000])
      expect(order(reference)).toBeCloseTo((Math.log(0.5) - Math.log(40 / 90)) / 2, 10);
  });
});

describe('the worst load', () => {
  const baseline = {
    ...assess(taskWith('minimize_latency'), {}, { measurements: [at(1, 2, 50), at(8, 3, 200)] }),
    measurements: [at(1, 2, 50), at(8, 3, 200)],
  };
  const outcome = { ...baseline, experimentId: 0 } as unknown as Parameters<typeof scoreReference>[1];
  const relative = (objective: ObjectiveSpec): unknown => {
    const task = taskWith(objective, { over_loads: 'worst' });
    return assess(task, { tp_size: 2 }, { measurements: LIGHT_AND_HEAVY }, scoreReference(task, outcome));
  };

  it('is that of the largest value without a baseline', () => {
    expect(scoresWith(taskWith('minimize_latency', { over_loads: 'worst' }))).toEqual([4]);
    expect(scoresWith(taskWith('maximize_throughput', { over_loads: 'worst' }))).toEqual([-40]);
  });

  it('is told by the ratio to the baseline where there is one', () => {
    // 1 s instead of 2 s, 4 s instead of 3 s; 40 tokens a second instead of 50, 160 instead of 200.
    expect(relative('minimize_latency')).toMatchObject({ score: 4 / 3, relative: true });
    expect(relative('maximize_throughput')).toMatchObject({ score: -0.8, relative: true });
  });

  it('of several weighted is the load with the largest sum', () => {
    const weighted = [
      { ...latency, weight: 1 },
      { ...throughput, weight: 1 },
    ];
    expect(relative({ weighted })).toMatchObject({ score: (Math.log(4 / 3) - Math.log(0.8)) / 2 });
  });

  it('is not told by a baseline that failed, and no other rule looks at it', () => {
    const task = taskWith('minimize_latency', { over_loads: 'worst' });
    expect(scoreReference(task, { ...outcome, measurements: [] } as unknown as typeof outcome)).toBeUndefined();
    expect(scoreReference(taskWith('minimize_latency'), outcome)).toBeUndefined();
  });
});

describe('a scoring in words', () => {
  it.each([
    ['minimize_latency', {}, {}, 'minimize e2e latency mean, mean of 2 loads'],
    [throughput, { over_loads: 'worst' }, {}, 'maximize output throughput, worst of 2 loads'],
    [
      {
        weighted: [
          { ...latency, statistic: 'p95', weight: 2 },
          { ...throughput, per_accelerator: true, weight: 1 },
        ],
      },
      {},
      { load_weights: [{ scenario: SCENARIO, weight: 1 }] },
      'minimize e2e latency p95 (weight 2) and maximize output throughput per accelerator (weight 1), weighted mean of 2 loads',
    ],
  ] satisfies [ObjectiveSpec, object, object, string][])('%j', (objective, optimization, benchmark, words) => {
    expect(describeScoring(scoringOf(taskWith(objective, optimization, benchmark)), 2)).toBe(words);
  });
});
