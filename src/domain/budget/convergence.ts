/** When another experiment is not worth its cost: by what the model expects of its own suggestions. */
import { MOST_IN_A_ROW } from '../task/limits.js';
import type { TunePlan } from './tune-plan.js';

/**
 * The latest values without a gap. A suggestion without one begins anew: it is one of those that spread out over the space, or nothing
 * holds the limits yet.
 */
export function noteImprovement(values: readonly number[], expected: number | undefined): readonly number[] {
  return expected === undefined ? [] : [...values, expected].slice(-MOST_IN_A_ROW);
}

/** Whether the search has come to its end: every one of the latest suggestions was worth less than the task asks for. */
export function hasConverged({ stopWhen }: Pick<TunePlan, 'stopWhen'>, values: readonly number[]): boolean {
  if (!stopWhen) return false;
  const latest = values.slice(-stopWhen.in_a_row);
  return latest.length === stopWhen.in_a_row && latest.every((value) => value < stopWhen.expected_improvement);
}
