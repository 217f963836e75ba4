import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  addToFront,
  balancedOf,
  compareScores,
  crowdingDistances,
  dominates,
  paretoFront,
  type Scores,
} from './pareto.js';

/** Few values, so that there are ties and dominated ones. */
const points = (max = 40): fc.Arbitrary<Scores[]> =>
  fc.integer({ min: 2, max: 4 }).chain((size) =>
    fc.array(
      fc.array(fc.oneof(fc.integer({ min: 0, max: 6 }), fc.double({ noNaN: true, min: -1e9, max: 1e9 })), {
        minLength: size,
        maxLength: size,
      }),
      {
        maxLength: max,
      }
    )
  );
const same = (scores: Scores): Scores => scores;
const sorted = (all: readonly Scores[]): string[] => all.map((scores) => JSON.stringify(scores)).sort();

describe('the Pareto front', () => {
  it('has no member that another one dominates, and dominates all that is left out', () => {
    fc.assert(
      fc.property(points(), (all) => {
        const front = paretoFront(all, same);
        for (const one of front) for (const other of front) expect(dominates(one, other)).toBe(false);
        for (const one of all) expect(front.includes(one) || front.some((member) => dominates(member, one))).toBe(true);
      })
    );
  });

  it('does not depend on the order, and is its own front', () => {
    const shuffled = points().chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length }))
    );
    fc.assert(
      fc.property(shuffled, ([all, other]) => {
        const front = paretoFront(all, same);
        expect(sorted(paretoFront(other, same))).toEqual(sorted(front));
        expect(paretoFront(front, same)).toEqual(front);
      })
    );
  });

  it('is the same when it is built one by one', () => {
    fc.assert(
      fc.property(points(), (all) => {
        const built = all.reduce<Scores[]>((front, item) => addToFront(front, item, same, Infinity), []);
        expect(sorted(built)).toEqual(sorted(paretoFront(all, same)));
      })
    );
  });

  it('stays small where it is limited: undominated, never without the best of the first objective', () => {
    fc.assert(
      fc.property(points(100), fc.integer({ min: 8, max: 12 }), (all, limit) => {
        const front = all.reduce<Scores[]>((members, item) => addToFront(members, item, same, limit), []);
        expect(front.length).toBeLessThanOrEqual(limit);
        expect(paretoFront(front, same)).toEqual(front);
        const least = Math.min(...all.map((scores) => scores[0] ?? NaN));
        // Adding 0 makes -0 the 0 that it equals.
        if (all.length > 0) expect(Math.min(...front.map((scores) => scores[0] ?? NaN)) + 0).toBe(least + 0);
      })
    );
  });

  it('begins with what is the best by the first objective', () => {
    fc.assert(
      fc.property(points(), (all) => {
        const [first] = [...all].sort(compareScores);
        if (first) expect(paretoFront(all, same)).toContain(first);
      })
    );
  });
});

describe('dominance', () => {
  it('is never mutual, never with itself, and goes through', () => {
    fc.assert(
      fc.property(points(6), (all) => {
        for (const a of all) {
          expect(dominates(a, a)).toBe(false);
          for (const b of all) {
            if (dominates(a, b)) expect(dominates(b, a)).toBe(false);
            for (const c of all) if (dominates(a, b) && dominates(b, c)) expect(dominates(a, c)).toBe(true);
          }
        }
      })
    );
  });
});

describe('the balanced one', () => {
  it('is a member, and none of two ends where there is something between them', () => {
    fc.assert(
      fc.property(points(), (all) => {
        const front = paretoFront(all, same);
        const balanced = balancedOf(front, same);
        if (balanced === null) expect(front).toEqual([]);
        else expect(front).toContain(balanced);
      })
    );
    expect(
      balancedOf(
        [
          [0, 100],
          [1, 10],
          [5, 9],
        ],
        same
      )
    ).toEqual([1, 10]);
    expect(balancedOf([[7, 7]], same)).toEqual([7, 7]);
  });

  it('has figures that were worked out by hand', () => {
    // Of the middle one: (3 - 0) / 5 in the first objective, (10 - 2) / 8 in the second.
    expect(
      crowdingDistances([
        [0, 10],
        [2, 4],
        [3, 3],
        [5, 2],
      ])
    ).toEqual([Infinity, 3 / 5 + 7 / 8, 3 / 5 + 2 / 8, Infinity]);
    expect(
      addToFront(
        [
          [0, 10],
          [2, 4],
          [5, 2],
        ],
        [3, 3],
        same,
        3
      )
    ).toEqual([
      [0, 10],
      [2, 4],
      [5, 2],
    ]);
  });
});
