import type { Combination } from './combination.js';
import type { TaskFile } from '../task/task.schema.js';

/**
 * What the winner is compared with: no parameter at all, which leaves the engine its own defaults (and the task's `engine_args`), or
 * what the task says runs today. Null when there is to be no baseline.
 */
export function baselineCombination({ baseline = true }: Pick<TaskFile, 'baseline'>): Combination | null {
  if (baseline === false) return null;
  return baseline === true ? {} : baseline.parameters;
}
