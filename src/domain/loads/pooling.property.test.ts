import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { distribution, measurement } from '../../../test/support/fake-activities.js';
import type { Measurement } from './measurement.js';
import { pool } from './pooling.js';

/** Latencies of single requests, as the measurement of one repeat. */
function repeatOf(latencies: readonly number[], tokensPerSecond: number): Measurement {
  const mean = latencies.reduce((sum, value) => sum + value, 0) / latencies.length;
  const stddev = Math.sqrt(latencies.reduce((sum, value) => sum + (value - mean) ** 2, 0) / latencies.length);
  const spread = { ...distribution(mean), stddev, min: Math.min(...latencies), max: Math.max(...latencies) };
  return { ...measurement(mean, tokensPerSecond), e2e_latency_s: spread, completed_requests: latencies.length };
}

const positive = fc.double({ min: 0.001, max: 1000, noNaN: true });
const repeats = fc.integer({ min: 1, max: 8 }).chain((count) =>
  fc.array(fc.tuple(fc.array(positive, { minLength: count, maxLength: count }), positive), {
    minLength: 2,
    maxLength: 6,
  })
);

describe('pooled repeats', () => {
  it('have the mean, spread and extremes of all requests together when each repeat has as many', () => {
    fc.assert(
      fc.property(repeats, (all) => {
        const together = pool(all.map(([latencies, rate]) => repeatOf(latencies, rate)));
        const expected = repeatOf(
          all.flatMap(([latencies]) => latencies),
          1
        );
        for (const name of ['mean', 'stddev', 'min', 'max'] as const)
          expect(together.e2e_latency_s[name]).toBeCloseTo(expected.e2e_latency_s[name], 6);
        expect(together.completed_requests).toBe(expected.completed_requests);
        expect(together.output_tokens_per_s).toBeCloseTo(all.reduce((sum, [, rate]) => sum + rate, 0) / all.length, 6);
        expect(together.repeats?.count).toBe(all.length);
      })
    );
  });

  it('of the same numbers are those numbers, with no spread', () => {
    fc.assert(
      fc.property(positive, positive, fc.integer({ min: 2, max: 5 }), (latency, rate, count) => {
        const one = measurement(latency, rate);
        const together = pool(Array.from({ length: count }, () => one));
        expect(together.e2e_latency_s.p99).toBeCloseTo(one.e2e_latency_s.p99, 6);
        expect(together.repeats?.spread['e2e_latency_s']).toBeCloseTo(0, 6);
        expect(together.duration_s).toBe(count);
      })
    );
  });

  it('say how far they lie apart, add up errors, and keep a single one as it is', () => {
    const disturbed = {
      ...measurement(3),
      disturbances: 2,
      failed_requests: 10,
      error_codes: { 500: 10 },
      error_rate: 0.5,
    };
    const together = pool([measurement(1), disturbed]);
    expect(together.repeats?.spread['e2e_latency_s']).toBeCloseTo(Math.SQRT2 / 2);
    expect(together).toMatchObject({ disturbances: 2, failed_requests: 10, error_codes: { 500: 10 } });
    expect(together.error_rate).toBeCloseTo(10 / 30);
    expect(pool([disturbed])).toBe(disturbed);
    expect(() => pool([])).toThrow(RangeError);
  });
});
