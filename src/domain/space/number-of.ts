/** From a combination back to its number in the search space: the inverse of `SearchSpace.at`. */
import type { Combination, ParameterValue } from './combination.js';
import type { Axis, SearchSpace } from './search-space.js';

/** Axes up to this size are looked through; longer ones are ranges, whose values rise. */
const LOOK_THROUGH = 1000;

/** @returns null where a parameter of the space has no value, or one that the space does not have. Other names are not looked at. */
export function numberOf({ axes }: Pick<SearchSpace, 'axes'>, combination: Combination): number | null {
  let number = 0;
  for (const axis of axes) {
    const value = Object.hasOwn(combination, axis.name) ? combination[axis.name] : undefined;
    const digit = value === undefined ? null : digitOf(axis, value);
    if (digit === null) return null;
    number = number * axis.size + digit;
  }
  return number;
}

function digitOf(axis: Axis, value: ParameterValue): number | null {
  if (axis.values || axis.size <= LOOK_THROUGH) {
    for (let digit = 0; digit < axis.size; digit++) if (axis.valueAt(digit) === value) return digit;
    return null;
  }
  let [low, high] = [0, axis.size - 1];
  while (low < high) {
    // Not (low + high) / 2: near 2^53 that sum is rounded, at worst up to high, and the search would never end.
    const middle = low + Math.floor((high - low) / 2);
    if (axis.valueAt(middle) < value) low = middle + 1;
    else high = middle;
  }
  return axis.valueAt(low) === value ? low : null;
}
