import { isCancellation, log, proxyActivities } from '@temporalio/workflow';
import type { ControlActivities, RetryRequest, SearchHistory, TuneIdentity } from '../../contracts/activities.js';
import * as policies from '../../contracts/policies.js';
import { knownTunes } from '../../domain/reuse/known.js';
import { learns } from '../../domain/space/strategy.js';
import { scoringOf } from '../../domain/scoring/objective.js';
import { baselineCombination } from '../../domain/space/baseline.js';
import type { Reuse } from '../../domain/reuse/reuse.js';
import type { TuningTask } from '../../domain/task/task.schema.js';
import type { TuningEvent } from '../../domain/tuning/tuning-reducer.js';
import { maySearch, remainingBudget, type TuningState } from '../../domain/tuning/tuning-state.js';

const control = proxyActivities<ControlActivities>(policies.SUGGEST);
const results = proxyActivities<ControlActivities>(policies.RESULTS);
const opening = proxyActivities<ControlActivities>(policies.OPENING);

/** Suggestions fetched at once: strategies that do not learn need no fresh look before each experiment. */
const LOOK_AHEAD = 20;

/** What a tune begins with: what earlier ones have learned, the baseline, and a search unless it is an A/A tune. */
export async function openingEvents(tune: TuneIdentity, whole: TuningTask): Promise<TuningEvent[]> {
  const { aa, optimization, ...task } = whole;
  const combination = baselineCombination(task);
  const reuse = await recall(tune, whole);
  return [
    ...(reuse ? [{ type: 'recalled' as const, reuse }] : []),
    ...(combination ? [{ type: 'baseline' as const, combination }] : []),
    ...(aa === undefined ? [{ type: 'extended' as const, by: optimization.max_iterations }] : []),
  ];
}

/** Whatever is wrong with it, the tune can do without. */
async function recall(tune: TuneIdentity, task: TuningTask): Promise<Reuse | null> {
  try {
    return await opening.openTune({ tune, task });
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.warn('nothing is reused of earlier tunes', { error: String(error) });
    return null;
  }
}

/** What a retry starts with: the run whose failed experiments it repeats. */
export async function openRetry(tune: TuneIdentity, task: TuningTask, retry: RetryRequest): Promise<TuningEvent> {
  return { type: 'kept', ...(await results.openRetry({ tune, task, retry })) };
}

/**
 * The next experiments: from the strategy, or those of the earlier run that are run again; then the finals, or their verdict.
 * @param free experiments that may start now: a strategy that learns is asked for no more, since it will know more later.
 */
export async function nextExperiments(
  tune: TuneIdentity,
  task: TuningTask,
  state: TuningState,
  retry: RetryRequest | undefined,
  free: number
): Promise<TuningEvent> {
  if (!maySearch(state)) return { type: 'judged', ...(await control.planFinals({ task, finals: state.finals })) };
  const { cursor } = state;
  const count = Math.min(remainingBudget(state), LOOK_AHEAD);
  if (retry) return { type: 'suggested-again', ...(await results.suggestAgain({ tune, retry, cursor, count })) };
  if (!learns(task.optimization.strategy)) {
    const { combinations, cursor: next, exhausted } = await control.suggest({ task, cursor, count });
    return { type: 'suggested', combinations, cursor: next, exhausted };
  }
  const history = historyOf(task, state);
  const asked = { task, cursor, count: Math.min(count, free), history };
  const { combinations, indices, cursor: next, exhausted } = await control.suggest(asked);
  return { type: 'suggested', combinations, ...(indices ? { indices } : {}), cursor: next, exhausted };
}

function historyOf(task: TuningTask, state: TuningState): SearchHistory {
  const { maxIterations, observations, unlearned, planned, running, reuse, reference } = state;
  const underWay = [...planned, ...running].flatMap(({ index }) => (index === undefined ? [] : [index]));
  const logarithmic = scoringOf(task).objectives.map((objective) => 'weighted' in objective);
  const known = knownTunes(reuse, { relative: reference !== undefined, logarithmic });
  const more = known.length > 0 ? { known } : {};
  return { budget: maxIterations, observations, pending: [...underWay, ...unlearned], ...more };
}
