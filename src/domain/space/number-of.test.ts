import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parameterSpec } from '../../../test/support/spaces.js';
import { numberOf } from './number-of.js';
import { createSearchSpace } from './search-space.js';

describe('the number of a combination', () => {
  it('is the one that gives it', () => {
    const spaces = fc.tuple(parameterSpec, parameterSpec, fc.double({ min: 0, max: 1, noNaN: true }));
    fc.assert(
      fc.property(spaces, ([a, b, share]) => {
        let space;
        try {
          space = createSearchSpace({ parameters: { a, b }, constraints: [] });
        } catch (error) {
          if (error instanceof RangeError) return;
          throw error;
        }
        const combination = space.at(Math.floor(share * (space.size - 1)));
        const number = numberOf(space, combination);
        expect(number === null ? null : space.at(number)).toEqual(combination);
      })
    );
  });

  it('is found among as many as can be numbered', () => {
    const size = Number.MAX_SAFE_INTEGER;
    const space = createSearchSpace({
      parameters: { size: { type: 'int', min: 1, max: size, scale: 'linear' } },
      constraints: [],
    });
    for (const value of [1, size - 9, size - 8, size - 1, size])
      expect(numberOf(space, { size: value })).toBe(value - 1);
  });

  it('is none where a value is missing or another one', () => {
    const space = createSearchSpace({
      parameters: {
        size: { type: 'choice', values: [8, '8', true] },
        depth: { type: 'int', min: 1, max: 1_000_000, scale: 'linear' },
      },
      constraints: [],
    });
    expect(numberOf(space, { size: '8', depth: 777_777 })).toBe(1_000_000 + 777_776);
    for (const settings of [{}, { size: 8 }, { size: 9, depth: 1 }, { size: 8, depth: 0 }, { size: 8, depth: 1.5 }])
      expect(numberOf(space, settings)).toBeNull();
    expect(numberOf(space, { size: 8, depth: '7' })).toBeNull();
    expect(numberOf(space, { size: 8, depth: 1, other: 1 })).toBe(0);
    expect(numberOf({ axes: space.axes }, JSON.parse('{"__proto__": 1}') as Record<string, number>)).toBeNull();
  });
});
