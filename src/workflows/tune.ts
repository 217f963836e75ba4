import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type { ControlActivities, PreparedTask, RetryRequest } from '../contracts/activities.js';
import type { TuneProgress } from '../contracts/messages.js';
import * as policies from '../contracts/policies.js';
import { scoreReference } from '../domain/scoring/assess.js';
import { standingOf } from '../domain/loads/early-end.js';
import { scoringOf } from '../domain/scoring/objective.js';
import { learns } from '../domain/space/strategy.js';
import type { TuneResult } from '../domain/results/tune-result.js';
import { reduce, type TuningEvent } from '../domain/tuning/tuning-reducer.js';
import {
  awaitsBaseline,
  hasWork,
  initialState,
  type Planned,
  type TuningState,
} from '../domain/tuning/tuning-state.js';
import { elapsedSeconds } from '../domain/budget/clock.js';
import { endOf, type Ended } from '../domain/budget/ended.js';
import { BoundedChildren } from './lib/bounded-children.js';
import { BudgetKeeper, type Admission } from './lib/budget-keeper.js';
import { asTuneFailure } from './lib/failure-guards.js';
import { nextExperiments, openingEvents, openRetry } from './lib/next-experiments.js';
import { recordTune } from './lib/record-tune.js';
import { runExperiment } from './lib/run-experiment.js';
import { showBestScore, showEnd, showState, showTask } from './lib/tune-display.js';
import { setTuneHandlers } from './lib/tune-handlers.js';

/** What a tune carries through continue-as-new. Small, however long the tune. */
export interface Carried {
  readonly task: PreparedTask;
  readonly state: TuningState;
  readonly startedAtMs: number;
  /** For tests: continue as new after this many finished experiments in one run. */
  readonly continueAfter?: number;
}

const control = proxyActivities<ControlActivities>(policies.CONTROL);
const results = proxyActivities<ControlActivities>(policies.RESULTS);

/**
 * One run of a task: measures the baseline, searches, measures the best again beside the baseline, and writes the results. Every
 * experiment is a child workflow; which is next, `nextExperiments` says.
 * @param taskFile the task file as it is; whatever is wrong with it fails the workflow with INVALID_TASK.
 * @param carried only given by the workflow itself when it continues as new.
 * @param retry given to run again what failed in an earlier run of this workflow, and nothing else.
 */
export async function tuneWorkflow(
  taskFile: unknown,
  carried?: Carried | null,
  retry?: RetryRequest
): Promise<TuneResult> {
  const info = workflowInfo();
  const startedAtMs = carried?.startedAtMs ?? info.startTime.getTime();
  const experiments = new BoundedChildren();
  // What an earlier version has carried lacks what this one has added.
  let state = { ...initialState(0), ...carried?.state };
  let phase: TuneProgress['phase'] = 'preparing';
  let prepared: PreparedTask | null = carried?.task ?? null;
  /** What every further experiment would meet, or what only a person can mend. */
  let fatal: unknown = null;
  let end: Ended | null = null;
  const apply = (event: TuningEvent): void => {
    state = reduce(state, event);
  };
  setTuneHandlers({
    progress: () => ({
      taskName: prepared?.task_name ?? '',
      phase: phase === 'tuning' && state.paused ? 'paused' : phase,
      scoring: prepared && scoringOf(prepared),
      state,
      startedAtMs,
      plan: prepared && new BudgetKeeper(prepared, startedAtMs).plan,
      ended: end,
    }),
    apply,
    cancelExperiments: () => experiments.cancel(),
  });

  const isOpening = prepared === null;
  prepared ??= await prepare(taskFile);
  const task = prepared;
  const { parallelism } = task.optimization;
  const keeper = new BudgetKeeper(task, startedAtMs);
  const scoring = scoringOf(task);
  const tune = { workflowId: info.workflowId, runId: info.firstExecutionRunId, taskName: task.task_name };
  if (isOpening) {
    const opening = retry ? openRetry(tune, task, retry).then((event) => [event]) : openingEvents(tune, task);
    (await asTuneResult(opening)).forEach(apply);
  }
  showTask(task);
  if (isOpening && state.best?.score != null) showBestScore(state.best.score);
  phase = 'tuning';

  const runOne = async (planned: Planned): Promise<void> => {
    const previousBest = state.best;
    try {
      const standing = planned.role ? undefined : standingOf(task, state.best);
      const context = {
        ...(standing ? { standing } : {}),
        ...(state.reference ? { reference: state.reference } : {}),
        ...keeper.startBefore(state),
      };
      const { outcome, unrecorded } = await runExperiment(tune, task, planned, context);
      // A retry keeps scores that were told without the baseline if that had failed: what it measures now would make two kinds of them.
      const isTold = planned.experimentId === 0 && !retry;
      const reference = isTold ? scoreReference(task, outcome) : undefined;
      apply({ type: 'finished', outcome, reference, atMs: Date.now() });
      if (unrecorded) fatal ??= ApplicationFailure.nonRetryable(unrecorded.message, unrecorded.code);
    } catch (error) {
      // Cancelled before the child could start: there is no outcome, and nothing was deployed.
      if (!isCancellation(error)) fatal ??= error;
      apply({ type: 'abandoned', experimentId: planned.experimentId, atMs: Date.now() });
    }
    if (state.best !== previousBest && state.best?.score != null) showBestScore(state.best.score);
    showState(state, keeper.plan);
  };

  const plan = async (): Promise<void> => {
    try {
      const free = parallelism - experiments.inFlight;
      apply(await nextExperiments(tune, task, state, retry, { free, keeper }));
    } catch (error) {
      // What was measured so far still counts.
      if (isCancellation(error)) throw error;
      fatal ??= error;
    }
  };

  const wantsContinue = (): boolean =>
    workflowInfo().continueAsNewSuggested || (carried?.continueAfter ?? Infinity) <= experiments.finished;
  const mayStart = (): boolean => fatal === null && !state.stopping && !state.paused && !wantsContinue();
  // A strategy that learns is asked when an experiment can start, and not before: it may know more by then.
  const canPlanNow = (): boolean =>
    mayStart() &&
    state.planned.length === 0 &&
    hasWork(state) &&
    (experiments.inFlight < parallelism || !learns(task.optimization.strategy));
  const admission = (next = state.planned[0]): Admission => (next ? keeper.admit(state, next) : 'start');
  const canGoOn = (): boolean =>
    mayStart() &&
    hasWork(state) &&
    experiments.inFlight < parallelism &&
    !awaitsBaseline(state, scoring) &&
    admission() !== 'wait';
  const isOver = (): boolean =>
    experiments.inFlight === 0 &&
    (fatal !== null || state.stopping || !hasWork(state) || (wantsContinue() && !state.paused));

  let cancelled: unknown = null;
  try {
    while (!isOver()) {
      if (canPlanNow()) await plan();
      for (let next = state.planned[0]; next && canGoOn(); next = state.planned[0]) {
        const planned = next;
        const admitted = admission(planned);
        if (typeof admitted === 'object') {
          apply({ type: 'ended', ended: admitted });
          continue;
        }
        apply({ type: 'started', experimentId: planned.experimentId });
        experiments.start(() => runOne(planned));
      }
      showState(state, keeper.plan);
      await condition(() => isOver() || canGoOn());
    }
  } catch (error) {
    if (!isCancellation(error)) throw error;
    cancelled = error;
    experiments.cancel();
    // The experiments take their engines down before they end: nothing is reported as over while something still runs.
    await experiments.drained();
  }

  if (cancelled === null && fatal === null && !state.stopping && hasWork(state)) {
    await condition(allHandlersFinished);
    const { continueAfter } = carried ?? {};
    const next = { task, state, startedAtMs, ...(continueAfter === undefined ? {} : { continueAfter }) };
    await continueAsNew<typeof tuneWorkflow>(taskFile, next, ...(retry ? [retry] : []));
  }

  phase = 'writing-results';
  end = cancelled || fatal ? null : endOf(state, keeper.plan);
  return CancellationScope.nonCancellable(async () => {
    showEnd(cancelled ? 'cancelled' : fatal ? 'failed' : 'done');
    const finishedAtMs = Date.now();
    const found = {
      tune,
      task,
      elapsedSeconds: (finishedAtMs - startedAtMs) / 1000,
      activeSeconds: elapsedSeconds(state, startedAtMs, finishedAtMs),
      finishedAtMs,
      stopped: state.stopping || cancelled !== null || fatal !== null,
      ended: end ?? { reason: cancelled ? 'cancelled' : 'failed', stage: 'search' },
      ...(state.retry ? { retryOf: state.retry.of } : {}),
      ...(state.reuse ? { reuse: state.reuse } : {}),
    } as const;
    // Results that cannot be written are a reason more to keep them in the history.
    const result = await asTuneResult(results.writeResults(found)).finally(() => recordTune(found));
    await condition(allHandlersFinished);
    if (cancelled) throw cancelled;
    if (fatal) throw asTuneFailure(fatal);
    phase = 'done';
    setCurrentDetails(result.answer);
    return result;
  });
}

/** The completed task. A bad one fails the workflow with the message itself, not wrapped in the activity that found it. */
function prepare(taskFile: unknown): Promise<PreparedTask> {
  return asTuneResult(control.prepareTask(taskFile));
}

async function asTuneResult<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isCancellation(error) ? error : asTuneFailure(error);
  }
}
