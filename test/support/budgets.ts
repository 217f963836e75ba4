/** Tunes without engines whose experiments take as long as they are told. */
import { planOf, type TunePlan } from '../../src/domain/budget/tune-plan.js';
import { noteUsage, UNUSED, type Usage } from '../../src/domain/budget/usage.js';
import type { ExperimentOutcome } from '../../src/domain/tuning/experiment.js';
import { outcomeOf } from './outcomes.js';
import { taskOf } from './tasks.js';

/** A success that held its accelerators for so long, without a wait. */
export function outcomeTaking(experimentId: number, seconds: number, accelerators?: number): ExperimentOutcome {
  const outcome = outcomeOf(experimentId, 1);
  return {
    ...outcome,
    timings: { ...outcome.timings, benchmarking: seconds, total: seconds },
    ...(accelerators === undefined ? {} : { accelerators }),
  };
}

/** After experiments that took so many seconds. @param accelerators of each. */
export function usageAfter(seconds: readonly number[], accelerators?: number): Usage {
  return seconds.map((one, i) => outcomeTaking(i, one, accelerators)).reduce(noteUsage, UNUSED);
}

/** The plan of a task with a budget; experiments end after 1,000 s at the latest. */
export function planWith(...blocks: Parameters<typeof taskOf>): TunePlan {
  return planOf(taskOf(...blocks), { longestSeconds: 1000, allowed: 50 });
}
