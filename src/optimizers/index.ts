import type { Strategy } from '../domain/space/strategy.js';
import { gridSearch } from './grid.js';
import { learningStrategy } from './model-based/learning-strategy.js';
import type { Model } from './model-based/model.js';
import { quasiRandomSearch } from './quasi-random.js';
import { randomSearch } from './random.js';
import type { Optimizer } from './types.js';

export type Optimizers = Readonly<Record<Strategy, Optimizer>>;

/**
 * Every strategy, by the name that the task file uses.
 * @param model what the strategies that learn ask.
 */
export function createOptimizers(model: Model): Optimizers {
  return {
    grid_search: gridSearch,
    random: randomSearch,
    quasi_random: quasiRandomSearch,
    // Everything, and so in an order that tells something about all of the space if it is stopped early.
    brute_force: randomSearch,
    bayesian: learningStrategy('bayesian', model),
    tpe: learningStrategy('tpe', model),
    nsga2: learningStrategy('nsga2', model),
  };
}
