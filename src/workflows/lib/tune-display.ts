/** What Temporal's own list and UI show of a tune. */
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { PreparedTask } from '../../contracts/activities.js';
import { SEARCH_ATTRIBUTES } from '../../contracts/search-attributes.js';
import type { TunePlan } from '../../domain/budget/tune-plan.js';
import { describeCombination } from '../../domain/space/combination.js';
import { describeCount } from '../../domain/tuning/progress-count.js';
import type { TuningState } from '../../domain/tuning/tuning-state.js';

export function showTask(task: PreparedTask): void {
  upsertSearchAttributes([
    { key: SEARCH_ATTRIBUTES.task, value: task.task_name },
    ...(task.encrypted ? [] : [{ key: SEARCH_ATTRIBUTES.model, value: task.model.name }]),
    { key: SEARCH_ATTRIBUTES.engine, value: typeof task.engine === 'string' ? task.engine : 'command' },
    { key: SEARCH_ATTRIBUTES.backend, value: task.backend },
    { key: SEARCH_ATTRIBUTES.phase, value: 'tuning' },
  ]);
}

export function showEnd(phase: 'done' | 'failed' | 'cancelled'): void {
  upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.phase, value: phase }]);
}

export function showBestScore(score: number): void {
  upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.bestScore, value: score }]);
}

/** Markdown; it is no part of the history. */
export function showState(state: TuningState, plan: TunePlan): void {
  const best = state.best
    ? `best: experiment ${state.best.experimentId} (${describeCombination(state.best.combination)})`
    : 'no result yet';
  const running = state.running.map((item) => `- ${item.experimentId}: ${describeCombination(item.combination)}`);
  setCurrentDetails(`**${describeCount(state, plan)}**, ${best}\n\n${running.join('\n')}`);
}
