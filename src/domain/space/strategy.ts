/** The strategies of a search, by the names that a task file uses. docs/search.md says when to use which. */
export const STRATEGIES = ['bayesian', 'grid_search', 'random', 'quasi_random', 'brute_force', 'tpe', 'nsga2'] as const;
export type Strategy = (typeof STRATEGIES)[number];

const LEARNING = ['bayesian', 'tpe', 'nsga2'] as const;
/** A strategy whose suggestions depend on how earlier experiments ended. */
export type LearningStrategy = (typeof LEARNING)[number];

export function learns(strategy: Strategy): strategy is LearningStrategy {
  return LEARNING.some((learning) => learning === strategy);
}
