import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { combinationKey } from './combination.js';
import { parameterSpec, smallSpace } from '../../../test/support/spaces.js';
import { countAllowed, createSearchSpace, type Axis } from './search-space.js';
import type { ParameterSpec } from '../task/task.schema.js';

function axisOf(spec: ParameterSpec): Axis | null {
  try {
    return createSearchSpace({ parameters: { x: spec }, constraints: [] }).axes[0] ?? null;
  } catch (error) {
    // Too many values, or too close together, or too far apart: refused with a reason.
    expect(error).toBeInstanceOf(RangeError);
    return null;
  }
}

describe('an axis', () => {
  it('has values of its kind, inside its range, none twice, from the first to the last', () => {
    fc.assert(
      fc.property(parameterSpec, fc.double({ min: 0, max: 1, noNaN: true }), (spec, part) => {
        const axis = axisOf(spec);
        fc.pre(axis !== null);
        if (spec.type === 'choice' || spec.type === 'bool') return;
        const { min, max } = spec;
        const at = Math.floor((axis.size - 1) * part);
        const [value, next] = [axis.valueAt(at), at + 1 < axis.size ? axis.valueAt(at + 1) : Infinity];
        expect(axis.valueAt(0)).toBe(min);
        expect(value).toBeGreaterThanOrEqual(min);
        expect(axis.valueAt(axis.size - 1)).toBeLessThanOrEqual(max);
        expect(next).toBeGreaterThan(value as number);
        if (spec.type === 'int') expect(Number.isSafeInteger(value)).toBe(true);
      }),
      { numRuns: 500 }
    );
  });

  it('ends at its max where a step leads there', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1000, max: 1000 }),
        fc.integer({ min: 1, max: 50 }),
        fc.nat(40),
        (min, step, steps) => {
          const max = min + step * steps;
          const axis = axisOf({ type: 'int', min, max, step, scale: 'linear' });
          expect([axis?.size, axis?.valueAt(steps)]).toEqual([steps + 1, max]);
          const tenths = axisOf({ type: 'float', min: min / 10, max: max / 10, step: step / 10, scale: 'linear' });
          expect(tenths?.size).toBe(steps + 1);
          expect(tenths?.valueAt(steps)).toBeCloseTo(max / 10, 9);
        }
      )
    );
  });

  it('ends below its max where a log scale does, however large', () => {
    expect(axisOf({ type: 'int', min: 1, max: 2 ** 31 - 1, scale: 'log' })?.size).toBe(31);
    expect(axisOf({ type: 'int', min: 1, max: 2 ** 31, scale: 'log' })?.size).toBe(32);
  });
});

describe('a search space', () => {
  it('numbers every combination once', () => {
    fc.assert(
      fc.property(smallSpace(), ({ parameters }) => {
        const space = createSearchSpace({ parameters, constraints: [] });
        const keys = Array.from({ length: space.size }, (_, index) => combinationKey(space.at(index)));
        expect(new Set(keys).size).toBe(space.size);
        expect(space.size).toBe(space.axes.reduce((product, axis) => product * axis.size, 1));
      })
    );
  });

  it('counts what its constraints leave', () => {
    fc.assert(
      fc.property(smallSpace(), ({ parameters, constraints, holds }) => {
        const space = createSearchSpace({ parameters, constraints });
        const allowed = Array.from({ length: space.size }, (_, i) => space.at(i)).filter(holds).length;
        expect(countAllowed(space)).toEqual({ allowed, pruned: space.size - allowed, exact: true });
      })
    );
  });

  it('is never expanded, and refused when it cannot be numbered', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 64 }),
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (axes, max, part) => {
          const names = Array.from({ length: axes }, (_, i) => `p${i}`);
          const parameters = Object.fromEntries(
            names.map((name) => [name, { type: 'int', min: 1, max, scale: 'linear' } as const])
          );
          if (!Number.isSafeInteger(max ** axes)) {
            expect(() => createSearchSpace({ parameters, constraints: [] })).toThrow(RangeError);
            return;
          }
          const space = createSearchSpace({ parameters, constraints: [] });
          expect(Object.keys(space.at(Math.floor(space.size * part)))).toEqual(names);
        }
      )
    );
  });

  it('estimates a large one from a sample', () => {
    const parameters = Object.fromEntries(
      ['a', 'b', 'c', 'd'].map((name) => [name, { type: 'int', min: 1, max: 100, scale: 'linear' } as const])
    );
    const { allowed, exact } = countAllowed(
      createSearchSpace({ parameters, constraints: ['a <= 50', 'd > 90'] }),
      5000
    );
    expect(exact).toBe(false);
    expect(allowed / 1e8).toBeCloseTo(0.05, 1);
  });
});
