import { countAllowed, createSearchSpace } from '../space/search-space.js';
import { learns } from '../space/strategy.js';
import type { TuningTask } from '../task/task.schema.js';

/**
 * Whether a tune looks for what earlier ones have learned: unless it is told not to, measures the noise alone, has a strategy that does
 * not learn, or tries everything in any case.
 */
export function wantsReuse(task: TuningTask): boolean {
  const { reuse, strategy, max_iterations: most } = task.optimization;
  return reuse && task.aa === undefined && learns(strategy) && countAllowed(createSearchSpace(task)).allowed > most;
}
