import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { measurement } from '../../test/support/fake-activities.js';
import { METRICS, metricOf, STATISTICS } from './measurement.js';
import { describeScore, formatMetric, scoreOf, type Objective } from './objective.js';

const objective: fc.Arbitrary<Objective> = fc.record({
  metric: fc.constantFrom(...METRICS),
  statistic: fc.constantFrom(...STATISTICS),
  direction: fc.constantFrom('minimize', 'maximize'),
});
/** As far as the readers of result files let anything through. */
const quantity = fc.double({ min: 0, max: 1e12, noNaN: true });
const loads = fc.array(
  fc.tuple(quantity, quantity).map(([latency, throughput]) => measurement(latency, throughput)),
  { minLength: 1, maxLength: 50 }
);

describe('a score', () => {
  it('lies between the best and the worst load, negated where more is better', () => {
    fc.assert(
      fc.property(loads, objective, (measurements, goal) => {
        const values = measurements.map((one) => metricOf(one, goal.metric, goal.statistic));
        const mean = scoreOf(measurements, goal) * (goal.direction === 'maximize' ? -1 : 1);
        const slack = 1e-9 * Math.max(1, ...values);
        expect(mean).toBeGreaterThanOrEqual(Math.min(...values) - slack);
        expect(mean).toBeLessThanOrEqual(Math.max(...values) + slack);
      })
    );
  });

  it('does not depend on the order of the loads by more than rounding', () => {
    fc.assert(
      fc.property(loads, objective, (measurements, goal) => {
        const [one, other] = [scoreOf(measurements, goal), scoreOf(measurements.toReversed(), goal)];
        expect(Math.abs(one - other)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(one)));
      })
    );
  });

  it('can be shown, whatever it is', () => {
    fc.assert(
      fc.property(fc.double(), objective, (score, goal) => {
        expect(describeScore(score, goal)).toMatch(/\S$/);
        expect(formatMetric(score, goal.metric)).toMatch(/ (?:s|ms|%|req\/s|tok\/s)$/);
      })
    );
  });
});
