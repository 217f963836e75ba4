import type { TuningTask } from '../domain/task.schema.js';
import { gridSearch } from './grid.js';
import { randomSearch } from './random.js';
import type { Optimizer } from './types.js';

/** Every strategy, by the name that the task file uses. */
export const OPTIMIZERS: Readonly<Record<TuningTask['optimization']['strategy'], Optimizer>> = {
  grid_search: gridSearch,
  random: randomSearch,
};
