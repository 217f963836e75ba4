import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { drain } from '../../test/support/drain.js';
import { FakeModel } from '../../test/support/fake-model.js';
import { smallSpace } from '../../test/support/spaces.js';
import { combinationKey } from '../domain/space/combination.js';
import { createSearchSpace } from '../domain/space/search-space.js';
import { learns, STRATEGIES } from '../domain/space/strategy.js';
import { createOptimizers } from './index.js';
import { indexOf, pointOf } from './model-based/points.js';
import { permutation } from './random.js';

const seed = fc.nat(2 ** 31 - 1);
const optimizers = createOptimizers(new FakeModel());

describe.each(STRATEGIES)('%s', (name) => {
  it('suggests exactly what the constraints allow, nothing twice, in an order that portions do not change', async () => {
    const portions = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(smallSpace(), seed, portions, fc.nat(300), async (given, seedOf, sizes, budget) => {
        const search = { space: createSearchSpace(given), seed: seedOf, budget };
        const all = Array.from({ length: search.space.size }, (_, i) => search.space.at(i));
        const keys = (await drain(optimizers[name], search, sizes)).map(combinationKey);
        expect(keys.toSorted()).toEqual(all.filter(given.holds).map(combinationKey).sort());
        if (!learns(name)) expect((await drain(optimizers[name], search, [1000])).map(combinationKey)).toEqual(keys);
      }),
      { numRuns: 30 }
    );
  });
});

describe('the points that a model sees', () => {
  it('are the numbers of the combinations, digit by digit', () => {
    fc.assert(
      fc.property(smallSpace(), fc.nat(), (given, number) => {
        const space = createSearchSpace(given);
        const index = number % space.size;
        const point = pointOf(space, index);
        expect(indexOf(space, point)).toBe(index);
        const values = space.axes.map((axis, i) => axis.valueAt(point[i] as number));
        expect(values).toEqual(Object.values(space.at(index)));
      })
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
