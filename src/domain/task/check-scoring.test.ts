import { describe, expect, it } from '@jest/globals';
import { taskFileOf, taskOf } from '../../../test/support/tasks.js';
import { footprintOf } from '../space/footprint.js';
import { parseTask } from './parse-task.js';
import { describeIssue } from './task-issue.js';

const issuesOf = (...args: Parameters<typeof taskFileOf>): string[] => {
  const parsed = parseTask(taskFileOf(...args));
  return 'issues' in parsed ? parsed.issues.map(describeIssue) : [];
};
const ttft = { metric: 'ttft', statistic: 'p95', direction: 'minimize' } as const;
const output = { metric: 'output_throughput', direction: 'maximize' } as const;
const TWO = { num_concurrency: [1, 8] };

describe('what a task wants is refused with its place when', () => {
  it.each<[string, unknown, string[]]>([
    [
      'a metric is not known',
      [ttft, { metric: 'ttfx', direction: 'minimize' }],
      [
        'optimization.objective[1].metric: must be one of ttft, tpot, e2e_latency, request_throughput, output_throughput, input_throughput, total_throughput, error_rate, goodput, goodput_share, cost_per_million_output_tokens, cost_per_million_total_tokens, not "ttfx"; did you mean \'ttft\'?',
      ],
    ],
    ['a weight is missing', { weighted: [ttft] }, ['optimization.objective.weighted[0].weight: is required (number)']],
    ['a key is not known', { ...ttft, per_gpu: true }, ['optimization.objective.per_gpu: unknown key']],
    ['the list is empty', [], ['optimization.objective: Too small: expected array to have >=1 items']],
    [
      'a percentile is asked of what has one value',
      [ttft, { ...output, statistic: 'p95' }],
      ['optimization.objective[1].statistic: output_throughput has one value per load, so there is no p95 of it'],
    ],
    [
      'a cost has no price',
      { metric: 'cost_per_million_output_tokens', direction: 'minimize' },
      ['optimization.objective.metric: cost_per_million_output_tokens needs cost.price_per_accelerator_hour'],
    ],
    [
      'goodput has no limits',
      { weighted: [{ metric: 'goodput_share', direction: 'maximize', weight: 1 }] },
      ['optimization.objective.weighted[0].metric: goodput_share needs limits per request in benchmark.goodput'],
    ],
    [
      'accelerators are not declared',
      { ...output, per_accelerator: true },
      ['optimization.objective.per_accelerator: needs cost.accelerators'],
    ],
    [
      'a latency is to be divided by accelerators',
      { ...ttft, per_accelerator: true },
      [
        'optimization.objective.per_accelerator: ttft is no amount per second',
        'optimization.objective.per_accelerator: needs cost.accelerators',
      ],
    ],
    [
      'a share that can be 0 is to be weighted',
      { weighted: [{ metric: 'error_rate', direction: 'minimize', weight: 1 }] },
      [
        'optimization.objective.weighted[0].metric: error_rate is 0 where all goes well, which a weighted objective cannot use: set a limit in slos',
      ],
    ],
    [
      'an objective is there twice',
      [ttft, output, ttft],
      ['optimization.objective[2]: is the same as an earlier objective'],
    ],
  ])('%s', (_, objective, issues) => {
    expect(issuesOf({ optimization: { objective: objective as never } })).toEqual(issues);
  });

  it.each<[string, object, string]>([
    [
      'has two limits',
      { metric: 'ttft', statistic: 'p95', max: 1, min: 0.1 },
      'slos[0].min: cannot stand beside max: give two SLOs',
    ],
    ['has none', { metric: 'ttft', statistic: 'p95' }, 'slos[0]: needs a limit: max or min'],
    [
      'does not say which percentile',
      { metric: 'ttft', max: 1 },
      'slos[0].statistic: is required: which of ttft, such as p95',
    ],
    [
      'asks for a percentile that there is not',
      { metric: 'error_rate', statistic: 'p95', max: 1 },
      'slos[0].statistic: error_rate has one value per load, so there is no p95 of it',
    ],
    [
      'is about a load that is not measured',
      { metric: 'error_rate', max: 1, loads: { concurrency: [8, 9] } },
      'slos[0].loads.concurrency: no load has 9; there are 1, 8',
    ],
    [
      'is about a scenario that is not measured',
      { metric: 'error_rate', max: 1, loads: { scenario: 'D(1,1)' } },
      'slos[0].loads.scenario: no load has D(1,1); there are D(100,100)',
    ],
    [
      'limits a cost without a price',
      { metric: 'cost_per_million_total_tokens', max: 1 },
      'slos[0].metric: cost_per_million_total_tokens needs cost.price_per_accelerator_hour',
    ],
    [
      'limits by a negative number',
      { metric: 'ttft', statistic: 'p95', max: -1 },
      'slos[0].max: Too small: expected number to be >=0',
    ],
  ])('an SLO %s', (_, slo, issue) => {
    expect(issuesOf({ slos: [slo as never], benchmark: TWO })).toEqual([issue]);
  });

  it.each<[string, object, object, string]>([
    [
      'are of a load that is not measured',
      {},
      { load_weights: [{ concurrency: 4, weight: 1 }] },
      'benchmark.load_weights[0].concurrency: no load has 4; there are 1, 8',
    ],
    [
      'count a load twice',
      {},
      {
        load_weights: [
          { concurrency: 8, weight: 1 },
          { scenario: 'D(100,100)', weight: 2 },
        ],
      },
      'benchmark.load_weights[1]: gives D(100,100) at 8 a second weight',
    ],
    ['are all 0', {}, { load_weights: [{ weight: 0 }] }, 'benchmark.load_weights: are all 0'],
    [
      'stand beside the worst load',
      { over_loads: 'worst' },
      { load_weights: [{ concurrency: 8, weight: 1 }] },
      "benchmark.load_weights: are not used with optimization.over_loads 'worst'",
    ],
    ['are missing', { over_loads: 'weighted' }, {}, 'optimization.over_loads: needs benchmark.load_weights'],
  ])('weights of loads %s', (_, optimization, benchmark, issue) => {
    expect(issuesOf({ optimization, benchmark: { ...TWO, ...benchmark } })).toEqual([issue]);
  });

  it.each([
    [
      'names no parameter',
      'tp_sise * 2',
      "unknown parameter 'tp_sise'; there are tp_size, pp (at character 1 of 'tp_sise * 2')",
    ],
    [
      'is 0 with some value',
      'tp_size - 1',
      "gives 0 accelerators, which must be above 0 (at character 1 of 'tp_size - 1')",
    ],
    ['is no number', 'tp_size > 1', "expected a number but got false (at character 1 of 'tp_size > 1')"],
    ['is no expression', 'tp_size *', "expected a value but found the end (at character 10 of 'tp_size *')"],
  ])('the number of accelerators %s', (_, accelerators, message) => {
    const found = issuesOf({ cost: { accelerators }, engine_args: { pp: 2 } });
    expect(found).toEqual([`cost.accelerators: ${message}`]);
  });

  it('goodput has no limit at all', () => {
    expect(issuesOf({ benchmark: { goodput: {} } })).toEqual(['benchmark.goodput: needs at least one limit']);
  });
});

describe('the accelerators of a combination', () => {
  const task = taskOf({
    cost: { accelerators: 'tp_size * pp', price_per_accelerator_hour: 2 },
    engine_args: { pp: 2 },
  });

  it('are those of the expression, with the fixed arguments', () => {
    expect(footprintOf(task, { tp_size: 4 })).toEqual({ accelerators: 8, price_per_accelerator_hour: 2 });
  });

  it('are 1 per degree that the baseline does not set', () => {
    expect(footprintOf(task, {})?.accelerators).toBe(2);
  });

  it('are nobody’s business without a cost', () => expect(footprintOf(taskOf(), { tp_size: 4 })).toBeNull());
});

describe('a list of objectives', () => {
  it.each(['grid_search', 'random'] as const)('is taken with the strategy %s', (strategy) => {
    expect(
      issuesOf({
        optimization: { strategy, objective: [ttft, 'maximize_throughput', { weighted: [{ ...output, weight: 1 }] }] },
      })
    ).toEqual([]);
  });
});
