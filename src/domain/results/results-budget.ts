/** What the results file says of the budget. */
import { hoursAndMoney } from '../budget/resources.js';
import type { TunePlan } from '../budget/tune-plan.js';
import type { Usage } from '../budget/usage.js';
import type { ResultsFile } from './tune-result.js';

/** @param seconds without pauses. */
export function spentResult(
  { limits, price, currency }: TunePlan,
  usage: Usage,
  seconds: number
): ResultsFile['spent'] {
  const isCosted = usage.samples.some(({ accelerators }) => accelerators !== undefined);
  return {
    experiments: usage.experiments,
    wall_time: seconds,
    ...(isCosted ? hoursAndMoney(usage.acceleratorSeconds, price) : {}),
    ...(price === null ? {} : { currency }),
    ...(Object.keys(limits).length > 0 ? { budget: limits } : {}),
  };
}
