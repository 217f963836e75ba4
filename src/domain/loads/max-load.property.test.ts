import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { mostProbes, searchMaxLoad, type Probe, type ProbeRange } from './max-load.js';

/** @param holds asked with the concurrency and how often it was asked for it before. */
function run(
  range: ProbeRange,
  holds: (concurrency: number, before: number) => boolean
): {
  readonly answer: number | null;
  readonly probes: readonly Probe[];
} {
  const probes: Probe[] = [];
  for (;;) {
    const search = searchMaxLoad(range, probes);
    if ('answer' in search) return { answer: search.answer, probes };
    if (search.next < range.min || search.next > range.max) throw new Error(`${search.next} is out of range`);
    const before = probes.filter(({ concurrency }) => concurrency === search.next).length;
    probes.push({ concurrency: search.next, holds: holds(search.next, before) });
    if (probes.length > mostProbes(range)) throw new Error('more probes than it ever takes');
  }
}

const range = (tolerance: fc.Arbitrary<number>): fc.Arbitrary<ProbeRange> =>
  fc
    .tuple(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 10_000 }), tolerance)
    .map(([a, b, share]) => ({ min: Math.min(a, b), max: Math.max(a, b), tolerance: share }));
/** A range, and the highest concurrency that holds: from below the range to above it. */
const withThreshold = (tolerance: fc.Arbitrary<number>): fc.Arbitrary<[ProbeRange, number]> =>
  range(tolerance).chain((one) => fc.tuple(fc.constant(one), fc.integer({ min: one.min - 1, max: one.max })));

describe('the search for the highest load', () => {
  it('finds the threshold of any monotone predicate with at most ceil(log2(n)) + 2 probes', () => {
    fc.assert(
      fc.property(withThreshold(fc.constant(0)), ([one, threshold]) => {
        const { answer, probes } = run(one, (concurrency) => concurrency <= threshold);
        expect(answer).toBe(threshold < one.min ? null : threshold);
        expect(probes.length).toBeLessThanOrEqual(Math.ceil(Math.log2(one.max - one.min + 1)) + 2);
      }),
      { numRuns: 500 }
    );
  });

  it('finds it to within its tolerance, never too high, and with no more probes', () => {
    fc.assert(
      fc.property(withThreshold(fc.double({ min: 0, max: 1, noNaN: true })), ([one, threshold]) => {
        const { answer, probes } = run(one, (concurrency) => concurrency <= threshold);
        if (threshold < one.min) expect(answer).toBeNull();
        else {
          expect(answer).toBeLessThanOrEqual(threshold);
          expect(threshold - (answer ?? 0)).toBeLessThan(Math.max(1, one.tolerance * (answer ?? 0)));
        }
        expect(probes.length).toBeLessThanOrEqual(Math.ceil(Math.log2(one.max - one.min + 1)) + 2);
      }),
      { numRuns: 500 }
    );
  });

  it('measures what decides twice, so that one hiccup anywhere does not change the answer', () => {
    fc.assert(
      fc.property(withThreshold(fc.constant(0)), fc.nat(20), ([one, threshold], hiccup) => {
        let asked = 0;
        const { answer } = run(one, (concurrency) => asked++ !== hiccup && concurrency <= threshold);
        // The one that is asked last decides: a hiccup there is what remains.
        if (hiccup >= asked - 1) return;
        expect(answer).toBe(threshold < one.min ? null : threshold);
      }),
      { numRuns: 500 }
    );
  });

  it('ends whatever the engine does', () => {
    fc.assert(
      fc.property(
        range(fc.double({ min: 0, max: 1, noNaN: true })),
        fc.infiniteStream(fc.boolean()),
        (one, answers) => {
          const { answer, probes } = run(one, () => Boolean(answers.next().value));
          // What it answers was seen to hold the last time that it was tried.
          if (answer !== null) expect(probes.findLast(({ concurrency }) => concurrency === answer)?.holds).toBe(true);
        }
      )
    );
  });

  it('begins in the geometric middle where the budget allows, and ends early with a tolerance', () => {
    const first = searchMaxLoad({ min: 1, max: 256, tolerance: 0.05 }, []);
    expect(first).toMatchObject({ next: 16, atLeast: 0, below: 257 });
    const { answer, probes } = run({ min: 1, max: 256, tolerance: 0.05 }, (concurrency) => concurrency <= 100);
    expect(answer).toBeGreaterThanOrEqual(95);
    expect(probes.length).toBeLessThan(run({ min: 1, max: 256, tolerance: 0 }, (n) => n <= 100).probes.length);
  });
});
