import { describe, expect, it } from '@jest/globals';
import { measurement } from '../../../test/support/fake-activities.js';
import { compareLoads } from './compare-loads.js';
import type { Objective } from './objective.js';
import type { Measured } from './score.js';

const measured = (
  accelerators: number,
  ...loads: [concurrency: number, latency: number, tokens: number][]
): Measured => ({
  measurements: loads.map(([concurrency, latency, tokens]) => ({ ...measurement(latency, tokens), concurrency })),
  footprint: { accelerators, price_per_accelerator_hour: null },
});
const latency = { metric: 'e2e_latency', statistic: 'mean', direction: 'minimize' } as const;
const perDevice = {
  metric: 'output_throughput',
  statistic: 'mean',
  direction: 'maximize',
  per_accelerator: true,
} as const;

describe('the best against the baseline', () => {
  const baseline = measured(1, [1, 2, 50], [8, 4, 100], [16, 9, 9]);
  const best = measured(2, [1, 1, 110], [8, 5, 400], [32, 1, 1]);

  it('shows the gain of every goal at every load that both have, and where it loses', () => {
    const objectives: Objective[] = [latency, { weighted: [{ ...perDevice, weight: 1 }] }];
    const found = compareLoads(best, baseline, objectives);
    expect(
      found.map(({ concurrency, metric, value, baseline: before, gain }) => [concurrency, metric, value, before, gain])
    ).toEqual([
      [1, 'e2e_latency', 1, 2, 0.5],
      [1, 'output_throughput', 55, 50, 0.1],
      [8, 'e2e_latency', 5, 4, -0.25],
      [8, 'output_throughput', 200, 100, 1],
    ]);
  });

  it('with itself is the same everywhere', () => {
    expect(compareLoads(best, best, [latency, perDevice]).every(({ gain }) => Object.is(gain, 0))).toBe(true);
  });

  it('stays a number where the baseline is 0', () => {
    const errors = { metric: 'error_rate', statistic: 'mean', direction: 'minimize' } as const;
    const failing = { ...best, measurements: best.measurements.map((one) => ({ ...one, error_rate: 0.1 })) };
    expect(compareLoads(failing, baseline, [errors]).map(({ gain }) => gain)).toEqual([-1, -1]);
  });
});
