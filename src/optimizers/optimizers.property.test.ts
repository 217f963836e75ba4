import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { smallSpace } from '../../test/support/spaces.js';
import { combinationKey } from '../domain/combination.js';
import { createSearchSpace, type SearchSpace } from '../domain/search-space.js';
import { OPTIMIZERS } from './index.js';
import { permutation } from './random.js';
import type { Optimizer } from './types.js';

const seed = fc.nat(2 ** 31 - 1);

/** Everything that it suggests, asked for in portions of these sizes over and over. */
function drain(optimizer: Optimizer, space: SearchSpace, seedOf: number, portions: readonly number[]): string[] {
  const keys: string[] = [];
  for (let i = 0, cursor = 0, exhausted = false; !exhausted; i++) {
    const request = { space, cursor, count: portions[i % portions.length] as number, seed: seedOf };
    const suggestions = optimizer.suggest(request);
    // A retry of the same request, on whatever machine, must not plan something else.
    expect(optimizer.suggest(request)).toEqual(suggestions);
    expect(suggestions.combinations.length).toBeLessThanOrEqual(request.count);
    expect(suggestions.cursor).toBeGreaterThan(cursor);
    keys.push(...suggestions.combinations.map(combinationKey));
    ({ cursor, exhausted } = suggestions);
  }
  return keys;
}

describe.each(Object.entries(OPTIMIZERS))('%s', (_, optimizer) => {
  it('suggests exactly what the constraints allow, nothing twice, in an order that portions do not change', () => {
    const portions = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(smallSpace(), seed, portions, (given, seedOf, sizes) => {
        const space = createSearchSpace(given);
        const all = Array.from({ length: space.size }, (_, i) => space.at(i));
        const keys = drain(optimizer, space, seedOf, sizes);
        expect(keys.toSorted()).toEqual(all.filter(given.holds).map(combinationKey).sort());
        expect(drain(optimizer, space, seedOf, [1000])).toEqual(keys);
      }),
      { numRuns: 50 }
    );
  });
});

describe('the random order', () => {
  it('is a permutation, up to the largest space that can be numbered', () => {
    const size = fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 2 ** 51, max: Number.MAX_SAFE_INTEGER }));
    fc.assert(
      fc.property(size, seed, fc.nat(2 ** 31), (count, seedOf, from) => {
        const order = permutation(count, seedOf);
        const looked = Math.min(count, 300);
        const first = count <= 300 ? 0 : from;
        const seen = Array.from({ length: looked }, (_, i) => order(first + i));
        expect(new Set(seen).size).toBe(looked);
        expect(seen.every((index) => Number.isSafeInteger(index) && index >= 0 && index < count)).toBe(true);
      })
    );
  });
});
