import { describe, expect, it } from '@jest/globals';
import { effectsOf } from './effects.js';
import type { Parameter } from './parameters.js';
import type { Measured } from './points.js';

const PARAMETERS: readonly Parameter[] = ['a', 'b', 'c'].map((name) => ({ name, values: [0, 1, 2], isNumeric: false }));

/** @param score of an experiment, by its values and a number from 0 to 1 that is chance. */
function measured(count: number, seed: number, score: (a: number, chance: number) => number): Measured[] {
  let state = seed;
  const random = (): number => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  return Array.from({ length: count }, (_, i) => {
    const [a, b, c] = [0, 0, 0].map(() => Math.floor(random() * 3)) as [number, number, number];
    return {
      experiment_id: i + 1,
      parameters: { a, b, c },
      objective_score: score(a, random()),
    } as unknown as Measured;
  });
}

describe('effects of parameters', () => {
  it('put what matters first, with about its share', () => {
    const [first, ...others] = effectsOf(
      measured(60, 7, (a, chance) => a + chance),
      PARAMETERS
    );
    expect(first).toMatchObject({ parameter: { name: 'a' }, isTold: true });
    // The variance of 0, 1, 2 is 2/3, that of the chance 1/12.
    expect(first?.share).toBeGreaterThan(0.8);
    expect(others.map(({ isTold }) => isTold)).toEqual([false, false]);
  });

  it('claim nothing where there is only chance, in 95 of 100 tunes', () => {
    const tunes = Array.from({ length: 100 }, (_, i) =>
      effectsOf(
        measured(20, 1000 + 77 * i, (_a, chance) => chance),
        PARAMETERS
      )
    );
    const wrong = tunes.filter((effects) => effects.some(({ isTold }) => isTold)).length;
    expect(wrong).toBeLessThanOrEqual(10);
    const shares = tunes.flat().map(({ share }) => share);
    expect(shares.reduce((a, b) => a + b, 0) / shares.length).toBeLessThan(0.08);
  });

  it('say nothing of a handful, and nothing of scores that are all the same', () => {
    expect(
      effectsOf(
        measured(5, 1, (a) => a),
        PARAMETERS
      )
    ).toEqual([]);
    expect(
      effectsOf(
        measured(20, 1, () => 3),
        PARAMETERS
      ).every(({ isTold, share }) => !isTold && share === 0)
    ).toBe(true);
  });

  it('are the same for the same input', () => {
    const rows = measured(40, 3, (a, chance) => a * chance);
    expect(effectsOf(rows, PARAMETERS)).toEqual(effectsOf(rows, PARAMETERS));
  });
});
