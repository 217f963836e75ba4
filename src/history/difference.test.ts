import { describe, expect, it } from '@jest/globals';
import { isBeyondNoise, type Estimate } from './difference.js';

const estimate = (value: number, deviation: number | null, count = 3, degrees = 4): Estimate => ({
  value,
  count,
  spread: deviation === null ? null : { deviation, degrees },
});

describe('a difference', () => {
  it.each<[string, Estimate, Estimate, boolean | null]>([
    ['of a tenth with one per cent of noise is beyond it', estimate(1, 0.01), estimate(1.1, 0.01), true],
    ['of a tenth with ten per cent of noise is not', estimate(1, 0.1), estimate(1.1, 0.1), false],
    ['of nothing is not', estimate(1, 0.01), estimate(1, 0.01), false],
    ['of what is negated is the same', estimate(-1, 0.01), estimate(-1.1, 0.01), true],
    ['cannot be told without the noise of one', estimate(1, 0.01), estimate(2, null), null],
    ['cannot be told of zero', estimate(0, 0.01), estimate(2, 0.01), null],
    ['cannot be told of different signs', estimate(-1, 0.01), estimate(2, 0.01), null],
    ['cannot be told of nothing measured', estimate(1, 0.01, 0), estimate(2, 0.01), null],
    ['cannot be told without degrees of freedom', estimate(1, 0.01, 1, 0), estimate(2, 0.01), null],
    ['without any noise is beyond it', estimate(1, 0), estimate(1.0001, 0), true],
  ])('%s', (_, one, other, expected) => {
    expect(isBeyondNoise(one, other)).toBe(expected);
    expect(isBeyondNoise(other, one)).toBe(expected);
  });

  it('is found where there is none in about 5 of 100 comparisons', () => {
    let seed = 1;
    const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
    const normal = (): number => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
    const measure = (noise: number): Estimate => {
      const logs = Array.from({ length: 4 }, () => noise * normal());
      const mean = logs.reduce((sum, one) => sum + one, 0) / 4;
      const deviation = Math.sqrt(logs.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 3);
      return { value: Math.exp(mean), count: 4, spread: { deviation, degrees: 3 } };
    };
    const found = Array.from({ length: 2000 }, () => isBeyondNoise(measure(0.02), measure(0.05))).filter(Boolean);
    expect(found.length / 2000).toBeGreaterThan(0.03);
    expect(found.length / 2000).toBeLessThan(0.07);
  });
});
