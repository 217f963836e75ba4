import { describe, expect, it } from '@jest/globals';
import { FakeModel } from '../../test/support/fake-model.js';
import { drain } from '../../test/support/drain.js';
import { combinationKey } from '../domain/space/combination.js';
import { createSearchSpace } from '../domain/space/search-space.js';
import { learns, STRATEGIES } from '../domain/space/strategy.js';
import { createOptimizers } from './index.js';
import { permutation } from './random.js';

const axis = { type: 'int', min: 1, max: 10, scale: 'linear' } as const;
const cube = createSearchSpace({ parameters: { a: axis, b: axis, c: axis }, constraints: ['a + b <= c'] });
const nineAxes = (constraints: string[] = []): ReturnType<typeof createSearchSpace> =>
  createSearchSpace({
    parameters: Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`p${i}`, axis])),
    constraints,
  });
const optimizers = createOptimizers(new FakeModel());
const fresh = { cursor: 0, budget: 1, observations: [], pending: [], seed: 1 };

describe.each(STRATEGIES)('%s', (name) => {
  const optimizer = optimizers[name];

  it('suggests every allowed combination exactly once, whatever the batch and the budget', async () => {
    for (const [batch, budget] of [
      [7, 1],
      [50, 1000],
      [1000, 1],
    ] as const) {
      const keys = (await drain(optimizer, { space: cube, seed: 3, budget }, [batch])).map(combinationKey);
      expect(keys).toHaveLength(165);
      expect(new Set(keys).size).toBe(165);
    }
  });

  it('answers at once in a huge space', async () => {
    const { combinations } = await optimizer.suggest({ ...fresh, space: nineAxes(), count: 5 });
    expect(new Set(combinations.map(combinationKey)).size).toBe(5);
  });

  it('gives up looking after a while when constraints prune everything, and goes on from there', async () => {
    const request = { ...fresh, space: nineAxes(['p0 > 10']), count: 1 };
    const first = await optimizer.suggest(request);
    expect(first).toMatchObject({ combinations: [], exhausted: false });
    const second = await optimizer.suggest({ ...request, cursor: first.cursor });
    expect(second.cursor).toBeGreaterThan(first.cursor);
  });
});

describe.each(STRATEGIES.filter((name) => !learns(name)))('%s', (name) => {
  it('gives the same order for the same seed, in portions of any size', async () => {
    const search = { space: cube, seed: 5, budget: 1 };
    expect(await drain(optimizers[name], search, [10])).toEqual(await drain(optimizers[name], search, [33]));
  });
});

describe('quasi_random', () => {
  it('covers each half of each parameter sooner than chance', async () => {
    const missed = async (name: 'quasi_random' | 'random'): Promise<number> => {
      let count = 0;
      for (let seed = 0; seed < 60; seed++) {
        const { combinations } = await optimizers[name].suggest({ ...fresh, space: nineAxes(), seed, count: 4 });
        for (const parameter of Object.keys(combinations[0] ?? {})) {
          const low = combinations.filter((combination) => Number(combination[parameter]) <= 5).length;
          if (low === 0 || low === 4) count++;
        }
      }
      return count;
    };
    expect(await missed('quasi_random')).toBeLessThan(0.8 * (await missed('random')));
  });
});

describe('the random order', () => {
  it.each([1, 2, 3, 10, 1000, 4097])('is a permutation of %d numbers', (size) => {
    const order = permutation(size, 42);
    const seen = new Set(Array.from({ length: size }, (_, i) => order(i)));
    expect(seen.size).toBe(size);
    expect(Math.max(...seen)).toBe(size - 1);
  });

  it('differs with the seed and from the plain order', () => {
    const first = (seed: number): number[] => Array.from({ length: 20 }, (_, i) => permutation(1000, seed)(i));
    expect(first(1)).not.toEqual(first(2));
    expect(first(1)).not.toEqual(Array.from({ length: 20 }, (_, i) => i));
  });
});
