/** How the state of a tune is seen by its budget. */
import type { Standing } from '../budget/admission.js';
import { elapsedSeconds } from '../budget/clock.js';
import { spendingOf, type Progress, type Spending } from '../budget/forecast.js';
import type { TunePlan } from '../budget/tune-plan.js';
import { maySearch, remainingBudget, type TuningState } from './tuning-state.js';

/** What it has used, may use, and is likely to use in the end. @param nowMs the workflow's time, or that of whoever looks. */
export function spendingNow(plan: TunePlan, state: TuningState, startedAtMs: number, nowMs: number): Spending {
  return spendingOf(plan, progressOf(plan, state, elapsedSeconds(state, startedAtMs, nowMs)));
}

/** @param elapsed seconds. */
export function progressOf(plan: TunePlan, state: TuningState, elapsed: number): Progress {
  const { planned, running, usage, finals } = state;
  const toSearch = planned.filter(({ role }) => !role).length;
  const untried = plan.allowed === null ? Infinity : Math.max(0, plan.allowed - state.suggested);
  return {
    usage,
    finals,
    underWay: running.length,
    awaitsBaseline: planned.some(({ role }) => role === 'baseline'),
    searchLeft: toSearch + (maySearch(state) ? Math.min(remainingBudget(state), untried) : 0),
    elapsed,
    isOver: state.stopping || (finals.verdict !== null && running.length === 0 && planned.length === 0),
  };
}

/** @param elapsed seconds. @param acceleratorsOf of a combination; 0 where nobody counts them. */
export function standingOf(
  { usage, finals, running }: TuningState,
  elapsed: number,
  acceleratorsOf: (item: TuningState['running'][number]) => number
): Standing {
  return { usage, finals, elapsed, underWay: running.map(acceleratorsOf) };
}
