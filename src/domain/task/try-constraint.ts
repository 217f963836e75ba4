/** Tries a constraint out before anything runs: a type that does not fit may show with one value of a parameter only. */
import type { Combination, ParameterValue } from '../space/combination.js';
import type { Expression } from '../space/expression.js';
import type { ParameterSpec } from './task.schema.js';

/** Combinations that are tried; more than most constraints have when ranges are looked at by their ends. */
const TRIES = 2000;

/**
 * Evaluates the constraint with the values of the parameters that it mentions: with all of them where they are few, with a sample
 * otherwise.
 * @throws ExpressionError from the first combination with which it has no answer.
 */
export function tryConstraint(expression: Expression, parameters: Readonly<Record<string, ParameterSpec>>): void {
  tryCombinations(expression.names, parameters, (combination) => void expression.holds(combination));
}

/** Calls for combinations of these parameters: for all of them where they are few, for a sample otherwise. */
export function tryCombinations(
  names: readonly string[],
  parameters: Readonly<Record<string, ParameterSpec>>,
  attempt: (combination: Combination) => void
): void {
  const axes = names.map((name) => [name, valuesOf(parameters[name] as ParameterSpec)] as const);
  const size = axes.reduce((product, [, values]) => product * values.length, 1);
  const next = size <= TRIES ? null : numbers();
  for (let index = 0; index < Math.min(size, TRIES); index++) {
    let rest = index;
    const combination = axes.map(([name, values]) => {
      // The first try of a sample takes the first value of each.
      const at = next && index > 0 ? next() % values.length : rest % values.length;
      rest = Math.floor(rest / values.length);
      return [name, values[at] as ParameterValue] as const;
    });
    attempt(Object.fromEntries(combination));
  }
}

/** All values of a choice; of a range its ends, since what lies between them is of the same type. */
function valuesOf(spec: ParameterSpec): readonly ParameterValue[] {
  if (spec.type === 'choice') return spec.values;
  return spec.type === 'bool' ? [false, true] : [spec.min, spec.max];
}

/** The same numbers each time: Park and Miller's "minimal standard" generator (1988). */
function numbers(): () => number {
  let state = 1;
  return () => (state = (state * 48_271) % 2_147_483_647);
}
