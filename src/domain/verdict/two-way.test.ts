import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { twoWay, type Cell } from './two-way.js';

/** One row per block; null is a missing cell. */
function cellsOf(rows: readonly (readonly (number | null)[])[]): Cell[] {
  return rows.flatMap((row, block) =>
    row.flatMap((value, treatment) => (value === null ? [] : [{ treatment, block, value }]))
  );
}

describe('the two-way layout', () => {
  it('is that of the textbook with all cells', () => {
    // Total sum of squares 104/9, of rounds 26/9, of treatments 62/9: residual 16/9 with 4 degrees of freedom.
    const layout = twoWay(
      cellsOf([
        [10, 8, 9],
        [12, 9, 10],
        [11, 10, 9],
      ]),
      0
    );
    expect(layout.effects.get(1)).toBeCloseTo(-2, 12);
    expect(layout.effects.get(2)).toBeCloseTo(-5 / 3, 12);
    expect(layout.variance).toBeCloseTo(4 / 9, 12);
    expect(layout.degreesOfFreedom).toBe(4);
    expect(layout.differenceFactor(1, 0)).toBeCloseTo(2 / 3, 12);
    expect(layout.differenceFactor(1, 2)).toBeCloseTo(2 / 3, 12);
  });

  it('is the paired t test with two treatments', () => {
    // Differences -1, -3, -2: mean -2, variance 1, which is that of two cells.
    const layout = twoWay(
      cellsOf([
        [5, 4],
        [9, 6],
        [7, 5],
      ]),
      0
    );
    expect(layout.effects.get(1)).toBeCloseTo(-2, 12);
    expect(layout.variance).toBeCloseTo(0.5, 12);
    expect(layout.degreesOfFreedom).toBe(2);
  });

  it('takes missing cells from what is there', () => {
    // Effects 0, 1, 5; rounds 10, 20, 40.
    const layout = twoWay(
      cellsOf([
        [10, 11, null],
        [20, null, 25],
        [null, 41, 45],
        [7, null, null],
      ]),
      0
    );
    expect(layout.effects.get(1)).toBeCloseTo(1, 12);
    expect(layout.effects.get(2)).toBeCloseTo(5, 12);
    expect(layout.variance).toBeCloseTo(0, 12);
    expect(layout.degreesOfFreedom).toBe(1);
  });

  it('leaves out what was never measured beside the reference, and knows nothing from nothing', () => {
    expect([
      ...twoWay(
        cellsOf(
          [
            [1, 2],
            [null, 3, 4],
          ].map((row) => [...row])
        ),
        0
      ).effects.keys(),
    ]).toEqual([0, 1]);
    expect(twoWay([], 0)).toMatchObject({ variance: 0, degreesOfFreedom: 0 });
  });

  const rows = fc.array(fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 3, maxLength: 3 }), {
    minLength: 2,
    maxLength: 8,
  });

  it('does not see what a round has in common', () => {
    fc.assert(
      fc.property(
        rows,
        fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 8, maxLength: 8 }),
        (all, drift) => {
          const still = twoWay(cellsOf(all), 0);
          const moved = twoWay(cellsOf(all.map((row, i) => row.map((value) => value + (drift[i] ?? 0)))), 0);
          for (const [treatment, effect] of still.effects) expect(moved.effects.get(treatment)).toBeCloseTo(effect, 6);
          expect(moved.variance).toBeCloseTo(still.variance, 6);
        }
      )
    );
  });

  it('says the same of two treatments from both sides', () => {
    fc.assert(
      fc.property(rows, (all) => {
        const [a, b] = [twoWay(cellsOf(all), 0), twoWay(cellsOf(all), 1)];
        expect(a.effects.get(1)).toBeCloseTo(-(b.effects.get(0) ?? 0), 6);
        expect(a.variance).toBeCloseTo(b.variance, 6);
        expect(a.differenceFactor(0, 1)).toBeCloseTo(b.differenceFactor(1, 0), 6);
      })
    );
  });
});
