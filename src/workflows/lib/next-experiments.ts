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
import { awaitsRanking } from '../../domain/verdict/finals-state.js';
import { verificationOf } from '../../domain/verdict/settings.js';
import type { BudgetKeeper } from './budget-keeper.js';

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
 * The next experiments: from the strategy, or those of the earlier run that are run again; then the finals, or their verdict. Between
 * search and finals a strategy that learns says who leads: it has a model of all that was measured, each score has only its own luck.
 * @param limits.free experiments that may start now: a strategy that learns is asked for no more, since it will know more later.
 */
export async function nextExperiments(
  tune: TuneIdentity,
  task: TuningTask,
  state: TuningState,
  retry: RetryRequest | undefined,
  { free, keeper }: { readonly free: number; readonly keeper: BudgetKeeper }
): Promise<TuningEvent> {
  const { cursor } = state;
  if (!maySearch(state)) {
    const mayRank = learns(task.optimization.strategy) && state.observations.length > 0;
    if (!mayRank || !awaitsRanking(verificationOf(task), state.finals)) return nextFinals(task, state, keeper);
    const { leaders = [] } = await control.suggest({
      task,
      cursor,
      count: 0,
      history: historyOf(task, state, keeper.mostSearched(state)),
    });
    return { type: 'ranked', leaders };
  }
  const count = Math.min(remainingBudget(state), LOOK_AHEAD);
  if (retry) return { type: 'suggested-again', ...(await results.suggestAgain({ tune, retry, cursor, count })) };
  if (!learns(task.optimization.strategy)) {
    const { combinations, cursor: next, exhausted } = await control.suggest({ task, cursor, count });
    return { type: 'suggested', combinations, cursor: next, exhausted };
  }
  const history = historyOf(task, state, keeper.mostSearched(state));
  const asked = { task, cursor, count: Math.min(count, free), history };
  const { combinations, indices, cursor: next, exhausted, expectedImprovement } = await control.suggest(asked);
  const found = { combinations, cursor: next, exhausted, expectedImprovement };
  return { type: 'suggested', ...found, ...(indices ? { indices } : {}) };
}

/** The next round, or the verdict: on what there is, where the budget has no room for another round. */
async function nextFinals(task: TuningTask, state: TuningState, keeper: BudgetKeeper): Promise<TuningEvent> {
  const { finals, ended } = state;
  const asked = { task, finals };
  if (ended?.stage === 'finals') return { type: 'judged', ...(await control.planFinals({ ...asked, isLast: true })) };
  const plan = await control.planFinals(asked);
  const refused = plan.verdict === null ? keeper.refuseRound(state) : null;
  if (!refused) return { type: 'judged', ...plan };
  return { type: 'judged', ...(await control.planFinals({ ...asked, isLast: true })), ended: refused };
}

function historyOf(task: TuningTask, state: TuningState, budget: number): SearchHistory {
  const { observations, unlearned, planned, running, reuse, reference } = state;
  const underWay = [...planned, ...running].flatMap(({ index }) => (index === undefined ? [] : [index]));
  const logarithmic = scoringOf(task).objectives.map((objective) => 'weighted' in objective);
  const known = knownTunes(reuse, { relative: reference !== undefined, logarithmic });
  const more = known.length > 0 ? { known } : {};
  return { budget, observations, pending: [...underWay, ...unlearned], ...more };
}
