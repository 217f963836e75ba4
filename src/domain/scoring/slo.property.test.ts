import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { measurement } from '../../../test/support/fake-activities.js';
import { checkSlos, describeMiss, describeSlo, violationOf, type Slo } from './slo.js';

const quantity = fc.double({ min: 0, max: 1e12, noNaN: true });
const limit = fc.double({ min: 1e-9, max: 1e12, noNaN: true });
const bounds: fc.Arbitrary<{ max: number } | { min: number }> = fc.oneof(
  fc.oneof(limit, fc.constant(0)).map((max) => ({ max })),
  limit.map((min) => ({ min }))
);
const slo: fc.Arbitrary<Slo> = fc
  .tuple(fc.constantFrom('ttft', 'e2e_latency', 'output_throughput', 'error_rate'), bounds)
  .map(([metric, bound]) => ({ metric, statistic: 'p95' as const, ...bound }));
const loads = fc.array(
  fc.tuple(quantity, quantity).map(([latency, tokens]) => measurement(latency, tokens)),
  { maxLength: 20 }
);
const measured = (measurements: ReturnType<typeof measurement>[]): Parameters<typeof checkSlos>[0] => ({
  measurements,
  footprint: null,
});

describe('the violation of a limit', () => {
  it('is 0 if and only if the limit holds, and finite otherwise', () => {
    fc.assert(
      fc.property(quantity, bounds, (value, bound) => {
        const holds = 'max' in bound ? value <= bound.max : value >= bound.min;
        const violation = violationOf(value, bound);
        expect(violation === 0).toBe(holds);
        expect(Number.isFinite(violation) && violation >= 0).toBe(true);
      })
    );
  });

  it('never shrinks when the value gets worse', () => {
    fc.assert(
      fc.property(quantity, quantity, bounds, (one, other, bound) => {
        const [small, large] = one < other ? [one, other] : [other, one];
        const [better, worse] = 'max' in bound ? [small, large] : [large, small];
        expect(violationOf(worse, bound)).toBeGreaterThanOrEqual(violationOf(better, bound));
      })
    );
  });
});

describe('what a combination misses', () => {
  it('is nothing if and only if every limit holds at every load', () => {
    fc.assert(
      fc.property(loads, fc.array(slo, { maxLength: 5 }), (all, slos) => {
        const { violation, misses } = checkSlos(measured(all), slos);
        const each = all.flatMap((one) => slos.map((limited) => checkSlos(measured([one]), [limited]).violation));
        expect(violation).toBe(Math.max(0, ...each));
        expect(misses.length > 0).toBe(violation > 0);
        expect(misses.map((miss) => miss.violation)).toEqual(
          misses.map((miss) => miss.violation).sort((a, b) => b - a)
        );
        for (const text of [...misses.map(describeMiss), ...slos.map(describeSlo)])
          expect(text).not.toMatch(/NaN|undefined/);
      })
    );
  });

  it('never shrinks by another load or another limit', () => {
    fc.assert(
      fc.property(loads, fc.array(slo, { minLength: 1, maxLength: 5 }), (all, slos) => {
        const whole = checkSlos(measured(all), slos).violation;
        expect(checkSlos(measured(all.slice(1)), slos).violation).toBeLessThanOrEqual(whole);
        expect(checkSlos(measured(all), slos.slice(1)).violation).toBeLessThanOrEqual(whole);
      })
    );
  });
});
