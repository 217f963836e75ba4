/**
 * The search space as a numbered list that is never expanded: its size, and its n-th combination. The last parameter varies
 * fastest, as in the prototype's Cartesian product.
 */
import type { Combination, ParameterValue } from './combination.js';
import { parseExpression, type Expression } from './expression.js';
import type { ParameterSpec, TuningTask } from '../task/task.schema.js';

/** Intervals of a float range that gives no step: eleven values. */
const DEFAULT_FLOAT_INTERVALS = 10;
/** Guards the last value of a range against rounding: 0.1 + 2 * 0.1 must still reach 0.3. */
const EPSILON = 1e-9;
/** Floats are rounded to so many digits, so that 0.1 + 2 * 0.1 is shown and passed on as 0.3. */
const DIGITS = 12;
/** Values closer together than this, relative to their size, would become the same number by that. */
const CLOSEST = 1e-10;

/** One parameter as a list of values that is computed, not stored. */
export interface Axis {
  readonly name: string;
  readonly size: number;
  /** The listed values of a choice. */
  readonly values?: readonly ParameterValue[];
  valueAt(index: number): ParameterValue;
}

export interface SearchSpace {
  readonly axes: readonly Axis[];
  /** The number of combinations before constraints; a safe integer. */
  readonly size: number;
  readonly constraints: readonly Expression[];
  /** The combination with this number, from 0 to size - 1. */
  at(index: number): Combination;
  allows(combination: Combination): boolean;
}

/**
 * @throws ExpressionError when a constraint does not parse.
 * @throws RangeError when the space has more combinations than can be numbered exactly (2^53), or a range cannot be divided.
 */
export function createSearchSpace(task: Pick<TuningTask, 'parameters' | 'constraints'>): SearchSpace {
  const axes = Object.entries(task.parameters).map(([name, spec]) => createAxis(name, spec));
  const size = axes.reduce((product, axis) => product * axis.size, 1);
  if (!Number.isSafeInteger(size))
    throw new RangeError(`the search space has about ${size.toExponential(1)} combinations; the most is 2^53`);
  const names = axes.map((axis) => axis.name);
  const constraints = task.constraints.map((source) => parseExpression(source, names));
  return {
    axes,
    size,
    constraints,
    at(index) {
      const values = new Array<[string, ParameterValue]>(axes.length);
      let rest = index;
      for (let i = axes.length - 1; i >= 0; i--) {
        const axis = axes[i] as Axis;
        values[i] = [axis.name, axis.valueAt(rest % axis.size)];
        rest = Math.floor(rest / axis.size);
      }
      return Object.fromEntries(values);
    },
    allows: (combination) => constraints.every((constraint) => constraint.holds(combination)),
  };
}

function createAxis(name: string, spec: ParameterSpec): Axis {
  switch (spec.type) {
    case 'choice':
      return {
        name,
        size: spec.values.length,
        values: spec.values,
        valueAt: (index) => spec.values[index] as ParameterValue,
      };
    case 'bool':
      return { name, size: 2, valueAt: (index) => index === 1 };
    case 'int':
    case 'float':
      return rangeAxis(name, spec);
  }
}

function rangeAxis(name: string, spec: Extract<ParameterSpec, { type: 'int' | 'float' }>): Axis {
  const { type, min, max } = spec;
  if (min === max) return { name, size: 1, valueAt: () => min };
  const isLinear = spec.scale === 'linear';
  const step = spec.step ?? defaultStep(spec);
  const steps = isLinear ? (max - min) / step : Math.log(max / min) / Math.log(step);
  const gap = isLinear ? step / Math.max(Math.abs(min), Math.abs(max)) : step - 1;
  // Next to zero numbers lie further apart than elsewhere, compared with themselves.
  const closest = Math.max(CLOSEST, (2 * Number.MIN_VALUE) / (isLinear ? Math.max(Math.abs(min), Math.abs(max)) : min));
  if (type === 'float' && !(steps < 1) && gap < closest)
    throw new RangeError(`'${name}' has values too close together to be told apart: give it a larger step`);
  if (!Number.isFinite(steps)) throw new RangeError(`'${name}' has a min and a max too far apart to be divided`);
  const clean = type === 'int' ? Math.round : (value: number): number => Number(value.toPrecision(DIGITS));
  const valueAt = (index: number): number => clean(isLinear ? min + index * step : min * step ** index);
  let last = Math.floor(steps + EPSILON);
  // The guard against rounding reaches one whole number too far where they are dense, as at 2^31 - 1 on a log scale.
  if (type === 'int' && valueAt(last) > max) last--;
  // The ends are the user's own numbers, with all of their digits.
  const inside = (index: number): number => (index === 0 ? min : Math.min(max, Math.max(min, valueAt(index))));
  return { name, size: last + 1, valueAt: inside };
}

function defaultStep({ type, min, max, scale }: Extract<ParameterSpec, { type: 'int' | 'float' }>): number {
  if (scale === 'linear') return type === 'int' ? 1 : (max - min) / DEFAULT_FLOAT_INTERVALS;
  return type === 'int' ? 2 : (max / min) ** (1 / DEFAULT_FLOAT_INTERVALS);
}

/** How many combinations the constraints leave. */
export interface PruningEstimate {
  readonly allowed: number;
  readonly pruned: number;
  /** False when it was estimated from a sample because the space is large. */
  readonly exact: boolean;
}

/**
 * Counts what the constraints prune; spaces above `limit` combinations are sampled evenly.
 * @param limit the most combinations looked at (100,000).
 */
export function countAllowed(space: SearchSpace, limit = 100_000): PruningEstimate {
  if (space.constraints.length === 0) return { allowed: space.size, pruned: 0, exact: true };
  const looked = Math.min(space.size, limit);
  // A stride that is no divisor of the usual axis sizes, so that the sample does not see one value of an axis only.
  const stride = space.size / looked;
  let allowed = 0;
  for (let i = 0; i < looked; i++)
    if (space.allows(space.at(Math.floor(i * stride + ((i * 0.618033988749895) % 1) * (stride - 1))))) allowed++;
  const exact = looked === space.size;
  const total = exact ? allowed : Math.round((allowed / looked) * space.size);
  return { allowed: total, pruned: space.size - total, exact };
}
