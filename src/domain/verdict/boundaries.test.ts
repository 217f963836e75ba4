import { describe, expect, it } from '@jest/globals';
import { nominalLevels, type Spending } from './boundaries.js';
import { normalProbability, studentQuantile } from './quantiles.js';

const fifths = [0.2, 0.4, 0.6, 0.8, 1];

/** Z values back from levels. */
const boundaries = (levels: readonly number[]): number[] => levels.map((level) => studentQuantile(1 - level / 2, 1e7));

describe('levels of looks', () => {
  it('of a single look are the whole', () => {
    expect(nominalLevels([1], 0.05)[0]).toBeCloseTo(0.05, 6);
  });

  // DeMets and Lan, Statistics in Medicine 13 (1994), 1341-1352, table 2; also R's ldbounds.
  it('spend like Pocock as the tables say', () => {
    const expected = [2.438, 2.427, 2.41, 2.397, 2.386];
    boundaries(nominalLevels(fifths, 0.05)).forEach((z, i) => expect(z).toBeCloseTo(expected[i] ?? 0, 2));
  });

  it("spend like O'Brien and Fleming as the tables say", () => {
    const half = studentQuantile(1 - 0.05 / 4, 1e7);
    const spending: Spending = (share) => (4 * normalProbability(-half / Math.sqrt(share))) / 0.05;
    const expected = [4.877, 3.357, 2.68, 2.29, 2.031];
    boundaries(nominalLevels(fifths, 0.05, spending)).forEach((z, i) => expect(z).toBeCloseTo(expected[i] ?? 0, 2));
  });

  it('are each below the whole, and together no more than it and no less than the last', () => {
    const levels = nominalLevels([0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1], 0.025);
    for (const level of levels) expect(level).toBeLessThan(0.025);
    expect(levels.reduce((sum, level) => sum + level, 0)).toBeGreaterThan(0.025);
  });
});

describe('quantiles', () => {
  // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2.
  it.each([
    [0.975, 1, 12.706],
    [0.975, 4, 2.776],
    [0.995, 2, 9.925],
    [0.999, 9, 4.297],
    [0.95, 30, 1.697],
  ])('of t: %s with %s degrees of freedom', (probability, degrees, expected) => {
    expect(studentQuantile(probability, degrees)).toBeCloseTo(expected, 2);
  });
});
