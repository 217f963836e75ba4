import { describe, expect, it } from '@jest/globals';
import { combinationKey } from './combination.js';
import { countAllowed, createSearchSpace } from './search-space.js';
import { taskSchema } from '../task/task.schema.js';

function space(parameters: unknown, constraints: string[] = []): ReturnType<typeof createSearchSpace> {
  const parsed = taskSchema.shape.parameters.parse(parameters);
  return createSearchSpace({ parameters: parsed, constraints });
}

describe('the search space', () => {
  it('numbers every combination once, the last parameter fastest', () => {
    const both = space({
      a: { type: 'choice', values: [1, 2] },
      b: { type: 'bool' },
      c: { type: 'int', min: 1, max: 3 },
    });
    const all = Array.from({ length: both.size }, (_, i) => both.at(i));
    expect(both.size).toBe(12);
    expect(new Set(all.map(combinationKey)).size).toBe(12);
    expect(all.slice(0, 4)).toEqual([
      { a: 1, b: false, c: 1 },
      { a: 1, b: false, c: 2 },
      { a: 1, b: false, c: 3 },
      { a: 1, b: true, c: 1 },
    ]);
  });

  it.each([
    [{ type: 'int', min: 1, max: 10, step: 4 }, [1, 5, 9]],
    [{ type: 'int', min: 32, max: 512, scale: 'log' }, [32, 64, 128, 256, 512]],
    [{ type: 'float', min: 0.1, max: 0.3, step: 0.1 }, [0.1, 0.2, 0.3]],
    [{ type: 'float', min: 0.001, max: 1, scale: 'log', step: 10 }, [0.001, 0.01, 0.1, 1]],
    [{ type: 'float', min: 2, max: 2 }, [2]],
    [{ type: 'int', min: -2, max: 2, step: 2 }, [-2, 0, 2]],
  ])('%j has the values %j', (spec, expected) => {
    const one = space({ x: spec });
    expect(Array.from({ length: one.size }, (_, i) => one.at(i)['x'])).toEqual(expected);
  });

  it('numbers a billion combinations without expanding them', () => {
    const parameters = Object.fromEntries(
      Array.from({ length: 9 }, (_, i) => [`p${i}`, { type: 'int', min: 1, max: 10 }])
    );
    const huge = space(parameters);
    expect(huge.size).toBe(1e9);
    expect(Object.values(huge.at(999_999_999))).toEqual(Array(9).fill(10));
  });

  it('refuses a space that cannot be numbered exactly', () => {
    const parameters = Object.fromEntries(
      Array.from({ length: 17 }, (_, i) => [`p${i}`, { type: 'int', min: 1, max: 10 }])
    );
    expect(() => space(parameters)).toThrow(RangeError);
  });

  it('counts what constraints prune, exactly when small and by sample when large', () => {
    const axis = { type: 'int', min: 1, max: 10 };
    expect(countAllowed(space({ a: axis, b: axis }, ['a < b']))).toEqual({ allowed: 45, pruned: 55, exact: true });
    const many = Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`p${i}`, axis]));
    const estimate = countAllowed(space(many, ['p0 <= 5 and p6 <= 5']));
    expect(estimate.exact).toBe(false);
    expect(estimate.allowed / 1e7).toBeCloseTo(0.25, 1);
  });
});
