import { describe, expect, it } from '@jest/globals';
import { measurement } from '../../../test/support/fake-activities.js';
import { taskOf } from '../../../test/support/tasks.js';
import { assess } from './assess.js';
import type { Measurement } from '../loads/measurement.js';
import { describeMiss, describeSlo, slosOf } from './slo.js';
import type { TaskFile } from '../task/task.schema.js';

/** The time to the first token is a tenth of the latency. */
const at = (scenario: string, concurrency: number, latency: number, tokens = 10): Measurement => ({
  ...measurement(latency, tokens),
  scenario,
  concurrency,
});
const MEASURED = [at('D(100,100)', 1, 2), at('D(100,100)', 8, 6), at('D(10,10)', 1, 4), at('D(10,10)', 8, 8)];

function assessWith(slos: TaskFile['slos']): ReturnType<typeof assess> {
  const benchmark = { traffic_scenarios: ['D(100,100)', 'D(10,10)'], num_concurrency: [1, 8] };
  const cost = { accelerators: 5, price_per_accelerator_hour: 36 };
  return assess(taskOf({ slos, benchmark, cost }), { tp_size: 1 }, { measurements: MEASURED });
}

describe('SLOs', () => {
  it('leave what holds them feasible, and say so', () => {
    const slos = [{ metric: 'ttft' as const, statistic: 'p95' as const, max: 0.8 }];
    expect(assessWith(slos)).toMatchObject({ status: 'succeeded', slo: { violation: 0, misses: [] } });
    expect(assessWith(undefined)).not.toHaveProperty('slo');
  });

  it('make what misses one infeasible, by the load that misses it the most', () => {
    const assessment = assessWith([{ metric: 'ttft', statistic: 'p95', max: 0.5 }]);
    expect(assessment).toMatchObject({ status: 'infeasible', score: 5 });
    expect(assessment.slo?.violation).toBeCloseTo(0.6, 10);
    expect(assessment.slo?.misses).toMatchObject([
      { scenario: 'D(10,10)', concurrency: 8, value: 0.8, missed_loads: 2 },
    ]);
    expect(assessment.slo?.misses.map(describeMiss)).toEqual([
      'ttft p95 at most 500.0 ms is 800.0 ms (60.0 % too much) under D(10,10) at 8 and 1 more load',
    ]);
  });

  it('are about the loads that they name, the worst first', () => {
    const { slo } = assessWith([
      { metric: 'e2e_latency', statistic: 'mean', max: 3, loads: { concurrency: 1 } },
      { metric: 'e2e_latency', statistic: 'mean', max: 5, loads: { scenario: ['D(100,100)'], concurrency: [1, 8] } },
      { metric: 'output_throughput', min: 40, loads: { scenario: 'D(10,10)' } },
    ]);
    expect(slo?.misses.map(({ scenario, concurrency, value }) => [scenario, concurrency, value])).toEqual([
      ['D(10,10)', 1, 10],
      ['D(10,10)', 1, 4],
      ['D(100,100)', 8, 6],
    ]);
    expect(slo?.misses.map(({ violation }) => violation)).toEqual([0.75, 1 / 3, 0.2]);
  });

  it('limit what counts per accelerator and costs', () => {
    // 10 tokens a second with 5 accelerators; 180 USD an hour are 5000 USD for a million tokens.
    const { slo } = assessWith([
      { metric: 'output_throughput', per_accelerator: true, min: 4 },
      { metric: 'cost_per_million_output_tokens', max: 4000 },
    ]);
    expect(slo?.misses.map(({ value, violation }) => [value, violation])).toEqual([
      [2, 0.5],
      [5000, 0.25],
    ]);
  });

  it('of nothing at all count the value itself', () => {
    const task = taskOf({ slos: [{ metric: 'error_rate', max: 0 }] });
    const failing = { ...measurement(1), error_rate: 0.02 };
    expect(assess(task, { tp_size: 1 }, { measurements: [failing] }).slo).toMatchObject({ violation: 0.02 });
  });

  it('read as they are meant', () => {
    const task = taskOf({
      slos: [
        { metric: 'ttft', statistic: 'p99', max: 1.5 },
        { metric: 'error_rate', max: 0.01, loads: { concurrency: [1] } },
        { metric: 'cost_per_million_total_tokens', max: 2, loads: { scenario: 'D(100,100)', concurrency: 1 } },
      ],
      cost: { accelerators: 1, price_per_accelerator_hour: 1, currency: 'EUR' },
    });
    expect(slosOf(task).map(describeSlo)).toEqual([
      'ttft p99 at most 1.500 s at every load',
      'error rate at most 1.0 % at concurrency 1',
      'cost per million total tokens at most 2.00 EUR at D(100,100) at 1',
    ]);
  });
});
