import { describe, expect, it } from '@jest/globals';
import { combinationKey, type Combination } from '../domain/combination.js';
import { createSearchSpace } from '../domain/search-space.js';
import { OPTIMIZERS } from './index.js';
import { permutation } from './random.js';
import type { Optimizer } from './types.js';

const axis = { type: 'int', min: 1, max: 10, scale: 'linear' } as const;

function drain(optimizer: Optimizer, seed: number, batch: number, constraints: string[] = []): Combination[] {
  const space = createSearchSpace({ parameters: { a: axis, b: axis, c: axis }, constraints });
  const all: Combination[] = [];
  for (let cursor = 0, exhausted = false; !exhausted;) {
    const suggestions = optimizer.suggest({ space, cursor, count: batch, seed });
    all.push(...suggestions.combinations);
    ({ cursor, exhausted } = suggestions);
  }
  return all;
}

describe.each(Object.entries(OPTIMIZERS))('%s', (_, optimizer) => {
  it('suggests every allowed combination exactly once, whatever the batch', () => {
    for (const batch of [1, 7, 1000]) {
      const keys = drain(optimizer, 3, batch, ['a + b <= c']).map(combinationKey);
      expect(keys).toHaveLength(165);
      expect(new Set(keys).size).toBe(165);
    }
  });

  it('gives the same order for the same seed', () => {
    expect(drain(optimizer, 5, 10)).toEqual(drain(optimizer, 5, 33));
  });

  it('answers at once from the middle of a huge space', () => {
    const parameters = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`p${i}`, axis]));
    const space = createSearchSpace({ parameters, constraints: [] });
    const { combinations, cursor } = optimizer.suggest({ space, cursor: 900_000_000, count: 5, seed: 1 });
    expect(combinations).toHaveLength(5);
    expect(cursor).toBe(900_000_005);
  });

  it('gives up looking after a while when constraints prune everything, and goes on from there', () => {
    const parameters = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`p${i}`, axis]));
    const space = createSearchSpace({ parameters, constraints: ['p0 > 10'] });
    const suggestions = optimizer.suggest({ space, cursor: 0, count: 1, seed: 1 });
    expect(suggestions.combinations).toEqual([]);
    expect(suggestions.exhausted).toBe(false);
    expect(suggestions.cursor).toBeGreaterThan(0);
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
