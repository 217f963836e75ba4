import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { measurement } from '../../../test/support/fake-activities.js';
import { STATISTICS } from '../loads/measurement.js';
import { formatQuantity, METRICS, quantityOf } from '../loads/metric.js';
import { describeScore, type Goal } from './objective.js';
import { scoreOf } from './score.js';

const footprint = { accelerators: 2, price_per_accelerator_hour: 3.5 };
const MEAN = { over_loads: 'mean', load_weights: [] } as const;
const objective: fc.Arbitrary<Goal> = fc.record({
  metric: fc.constantFrom(...METRICS),
  statistic: fc.constantFrom(...STATISTICS),
  direction: fc.constantFrom('minimize', 'maximize'),
});
/** As far as the readers of result files let anything through. */
const quantity = fc.double({ min: 0, max: 1e12, noNaN: true });
const loads = fc.array(
  fc.tuple(quantity, quantity).map(([latency, throughput]) => ({
    ...measurement(latency, throughput),
    goodput_requests_per_s: throughput / 100,
    goodput_share: 0.5,
  })),
  { minLength: 1, maxLength: 50 }
);

describe('a score', () => {
  it('lies between the best and the worst load, negated where more is better', () => {
    fc.assert(
      fc.property(loads, objective, (measurements, goal) => {
        const values = measurements.map((one) => quantityOf(one, goal, footprint));
        const mean = scoreOf({ measurements, footprint }, goal, MEAN) * (goal.direction === 'maximize' ? -1 : 1);
        const slack = 1e-9 * Math.max(1, ...values);
        expect(mean).toBeGreaterThanOrEqual(Math.min(...values) - slack);
        expect(mean).toBeLessThanOrEqual(Math.max(...values) + slack);
      })
    );
  });

  it('does not depend on the order of the loads by more than rounding', () => {
    fc.assert(
      fc.property(loads, objective, (measurements, goal) => {
        const [one, other] = [
          scoreOf({ measurements, footprint }, goal, MEAN),
          scoreOf({ measurements: measurements.toReversed(), footprint }, goal, MEAN),
        ];
        expect(Math.abs(one - other)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(one)));
      })
    );
  });

  it('can be shown, whatever it is', () => {
    fc.assert(
      fc.property(fc.double(), objective, (score, goal) => {
        expect(describeScore(score, goal)).toMatch(/\S$/);
        expect(formatQuantity(score, { ...goal, currency: 'EUR' })).toMatch(/ (?:s|ms|%|req\/s|tok\/s|EUR)$/);
      })
    );
  });
});
