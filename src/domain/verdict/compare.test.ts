import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { areComparable, asGain, compare, criticalValue, levelOf, type Precision } from './compare.js';
import type { Cell } from './two-way.js';

const ONE_LOOK: Precision = { confidence: 0.95, rounds: { min: 3, max: 3 }, finalists: 1 };

const rounds = (pairs: readonly (readonly number[])[]): Cell[] =>
  pairs.flatMap((row, block) => row.map((score, treatment) => ({ treatment, block, value: levelOf(score) ?? NaN })));

const scores = fc.array(fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: 2, maxLength: 2 }), {
  minLength: 3,
  maxLength: 3,
});

describe('a finalist against the baseline', () => {
  it('has the interval of the paired t test when it is looked at once', () => {
    const cells = [5, 9, 7].flatMap((value, block) => [
      { treatment: 0, block, value },
      { treatment: 4, block, value: value - [1, 3, 2][block]! },
    ]);
    const [one] = compare(cells, ONE_LOOK).of;
    expect(one).toMatchObject({ of: 4, rounds: 3 });
    expect(one?.gain).toBeCloseTo(2, 12);
    expect(one?.error).toBeCloseTo(1 / Math.sqrt(3), 12);
    // t(0.975, 2) = 4.3027
    expect(one?.margin).toBeCloseTo(4.3027 / Math.sqrt(3), 3);
  });

  it('is told nothing before the first look', () => {
    const [one] = compare(
      rounds(
        [
          [2, 1],
          [2, 1.1],
        ].map((row) => row)
      ),
      ONE_LOOK
    ).of;
    expect(one?.margin).toBe(Infinity);
    expect(asGain({ gain: 1, margin: Infinity }, false)).toBeNull();
  });

  it('needs more the more is looked at, and the more finalists there are', () => {
    const often: Precision = { ...ONE_LOOK, rounds: { min: 3, max: 10 } };
    expect(criticalValue(often, 3, 4)).toBeGreaterThan(criticalValue(ONE_LOOK, 3, 4));
    expect(criticalValue({ ...often, finalists: 3 }, 3, 4)).toBeGreaterThan(criticalValue(often, 3, 4));
    expect(criticalValue(often, 10, 18)).toBeLessThan(criticalValue(often, 3, 18) + 0.2);
  });

  it('is compared alike whatever the unit', () => {
    fc.assert(
      fc.property(scores, fc.double({ min: 0.001, max: 1000, noNaN: true }), (pairs, factor) => {
        const [a] = compare(rounds(pairs), ONE_LOOK).of;
        const [b] = compare(rounds(pairs.map((row) => row.map((score) => score * factor))), ONE_LOOK).of;
        expect(b?.gain).toBeCloseTo(a?.gain ?? NaN, 6);
        expect(b?.margin).toBeCloseTo(a?.margin ?? NaN, 4);
      })
    );
  });

  it('loses by what the other gains', () => {
    fc.assert(
      fc.property(scores, (pairs) => {
        const [a] = compare(rounds(pairs), ONE_LOOK).of;
        const [b] = compare(rounds(pairs.map(([x = 1, y = 1]) => [y, x])), ONE_LOOK).of;
        expect(b?.gain).toBeCloseTo(-(a?.gain ?? NaN), 9);
        expect(b?.margin).toBeCloseTo(a?.margin ?? NaN, 6);
      })
    );
  });
});

describe('a gain in per cent', () => {
  it('is of the baseline, for what is minimised and for what is maximised', () => {
    const halved = asGain({ gain: Math.log(2), margin: 0 }, false);
    expect(halved?.percent).toBeCloseTo(50, 9);
    const doubled = asGain({ gain: Math.log(2), margin: 0 }, true);
    expect(doubled?.percent).toBeCloseTo(100, 9);
    expect(levelOf(-20)).toBeLessThan(levelOf(-10) ?? NaN);
    expect(levelOf(10)).toBeLessThan(levelOf(20) ?? NaN);
  });

  it('is none where a score is zero, or they differ in sign', () => {
    expect(areComparable([1, 2])).toBe(true);
    expect(areComparable([-1, -2])).toBe(true);
    expect(areComparable([0, 1])).toBe(false);
    expect(areComparable([-1, 1])).toBe(false);
    expect(levelOf(0)).toBeNull();
  });
});
