import { proxyActivities } from '@temporalio/workflow';
import type { ControlActivities, RetryRequest, TuneIdentity } from '../../contracts/activities.js';
import * as policies from '../../contracts/policies.js';
import { baselineCombination } from '../../domain/baseline.js';
import type { TuningTask } from '../../domain/task.schema.js';
import { maySearch, remainingBudget, type TuningEvent, type TuningState } from '../../domain/tuning-state.js';

const control = proxyActivities<ControlActivities>(policies.CONTROL);
const results = proxyActivities<ControlActivities>(policies.RESULTS);

/** Suggestions fetched at once: strategies that do not learn need no fresh look before each experiment. */
const LOOK_AHEAD = 20;

/** What a tune begins with: the baseline, and a search unless it is an A/A tune. */
export function openingEvents({ aa, optimization, ...task }: TuningTask): TuningEvent[] {
  const combination = baselineCombination(task);
  return [
    ...(combination ? [{ type: 'baseline' as const, combination }] : []),
    ...(aa === undefined ? [{ type: 'extended' as const, by: optimization.max_iterations }] : []),
  ];
}

/** What a retry starts with: the run whose failed experiments it repeats. */
export async function openRetry(tune: TuneIdentity, retry: RetryRequest): Promise<TuningEvent> {
  return { type: 'kept', ...(await results.openRetry({ tune, retry })) };
}

/** The next experiments: from the strategy, or those of the earlier run that are run again; then the finals, or their verdict. */
export async function nextExperiments(
  tune: TuneIdentity,
  task: TuningTask,
  state: TuningState,
  retry: RetryRequest | undefined
): Promise<TuningEvent> {
  if (!maySearch(state)) return { type: 'judged', ...(await control.planFinals({ task, finals: state.finals })) };
  const { cursor } = state;
  const count = Math.min(remainingBudget(state), LOOK_AHEAD);
  if (!retry) return { type: 'suggested', ...(await control.suggest({ task, cursor, count })) };
  return { type: 'suggested-again', ...(await results.suggestAgain({ tune, retry, cursor, count })) };
}
