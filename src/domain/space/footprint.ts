/** How many accelerators a combination uses. */
import type { Combination } from './combination.js';
import { ExpressionError, parseExpression } from './expression.js';
import type { Footprint } from '../loads/metric.js';
import type { TuningTask } from '../task/task.schema.js';

type CostedTask = Pick<TuningTask, 'cost' | 'parameters' | 'engine_args'>;

/** The names that `cost.accelerators` may use. */
export function accountableNames({ parameters, engine_args }: Omit<CostedTask, 'cost'>): string[] {
  return [...new Set([...Object.keys(parameters), ...Object.keys(engine_args)])];
}

/**
 * What a combination occupies by the task's `cost`; null without one. What the combination does not set, as in the baseline, has the
 * value in `engine_args`, else 1: the default of every degree of parallelism.
 * @throws ExpressionError when the expression gives no number above 0.
 */
export function footprintOf(task: CostedTask, combination: Combination): Footprint | null {
  if (!task.cost) return null;
  const { accelerators, price_per_accelerator_hour = null } = task.cost;
  return { accelerators: countOf(task, accelerators, combination), price_per_accelerator_hour };
}

function countOf(task: CostedTask, accelerators: string | number, combination: Combination): number {
  if (typeof accelerators === 'number') return accelerators;
  const names = accountableNames(task);
  const settings = { ...Object.fromEntries(names.map((name) => [name, 1])), ...task.engine_args, ...combination };
  const count = parseExpression(accelerators, names).numberFor(settings);
  if (Number.isFinite(count) && count > 0) return count;
  throw new ExpressionError(`gives ${count} accelerators, which must be above 0`, 0);
}
