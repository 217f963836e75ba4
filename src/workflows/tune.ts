import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  ParentClosePolicy,
  proxyActivities,
  setCurrentDetails,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { ControlActivities, TuneIdentity } from '../contracts/activities.js';
import type { TuneProgress } from '../contracts/messages.js';
import * as policies from '../contracts/policies.js';
import { describeAnswer } from '../domain/answer.js';
import { describeCombination } from '../domain/combination.js';
import { experimentWorkflowId } from '../domain/names.js';
import { resolveObjective } from '../domain/objective.js';
import type { TuningTask } from '../domain/task.schema.js';
import type { TuneResult } from '../domain/tune-result.js';
import {
  initialState,
  reduce,
  remainingBudget,
  type Planned,
  type TuningEvent,
  type TuningState,
} from '../domain/tuning-state.js';
import { experimentWorkflow } from './experiment.js';
import { BoundedChildren } from './lib/bounded-children.js';
import { asTuneFailure } from './lib/failure-guards.js';
import { showBestScore, showEnd, showState, showTask } from './lib/tune-display.js';
import { setTuneHandlers } from './lib/tune-handlers.js';

/** What a tune carries through continue-as-new. Small, however long the tune. */
export interface Carried {
  readonly task: TuningTask;
  readonly state: TuningState;
  readonly startedAtMs: number;
  /** For tests: continue as new after this many finished experiments in one run. */
  readonly continueAfter?: number;
}

const control = proxyActivities<ControlActivities>(policies.CONTROL);
const results = proxyActivities<ControlActivities>(policies.RESULTS);

/** Suggestions fetched at once: strategies that do not learn need no fresh look before each experiment. */
const LOOK_AHEAD = 20;

/**
 * One run of a task: suggests combinations, runs them as child workflows, keeps the best, and writes the results.
 * @param taskFile the task file as it is; whatever is wrong with it fails the workflow with INVALID_TASK.
 * @param carried only given by the workflow itself when it continues as new.
 */
export async function tuneWorkflow(taskFile: unknown, carried?: Carried): Promise<TuneResult> {
  const info = workflowInfo();
  const startedAtMs = carried?.startedAtMs ?? info.startTime.getTime();
  const experiments = new BoundedChildren();
  let state = carried?.state ?? initialState(0);
  let phase: TuneProgress['phase'] = 'preparing';
  let prepared: TuningTask | null = carried?.task ?? null;
  /** What every further experiment would meet, or what only a person can mend. */
  let fatal: unknown = null;
  const apply = (event: TuningEvent): void => {
    state = reduce(state, event);
  };
  setTuneHandlers({
    progress: () => ({
      taskName: prepared?.task_name ?? '',
      phase: phase === 'tuning' && state.paused ? 'paused' : phase,
      objective: prepared && resolveObjective(prepared.optimization.objective),
      state,
      startedAtMs,
    }),
    apply,
    cancelExperiments: () => experiments.cancel(),
  });

  if (!prepared) {
    prepared = await prepare(taskFile);
    apply({ type: 'extended', by: prepared.optimization.max_iterations });
  }
  const task = prepared;
  const { parallelism } = task.optimization;
  const tune = { workflowId: info.workflowId, runId: info.firstExecutionRunId, taskName: task.task_name };
  showTask(task);
  phase = 'tuning';

  const runOne = async (planned: Planned): Promise<void> => {
    const previousBest = state.best;
    try {
      const { outcome, unrecorded } = await runExperiment(tune, task, planned);
      apply({ type: 'finished', outcome });
      if (unrecorded) fatal ??= ApplicationFailure.nonRetryable(unrecorded.message, unrecorded.code);
    } catch (error) {
      // Cancelled before the child could start: there is no outcome, and nothing was deployed.
      if (!isCancellation(error)) fatal ??= error;
      apply({ type: 'abandoned', experimentId: planned.experimentId });
    }
    if (state.best !== previousBest && state.best?.score != null) showBestScore(state.best.score);
    showState(state);
  };

  const wantsContinue = (): boolean =>
    workflowInfo().continueAsNewSuggested || (carried?.continueAfter ?? Infinity) <= experiments.finished;
  const mayStart = (): boolean => fatal === null && !state.stopping && !state.paused && !wantsContinue();
  const mayPlan = (): boolean => !state.exhausted && remainingBudget(state) > 0;
  const hasWork = (): boolean => state.planned.length > 0 || mayPlan();
  const canStartNow = (): boolean => mayStart() && hasWork() && experiments.inFlight < parallelism;
  const isOver = (): boolean =>
    experiments.inFlight === 0 &&
    (fatal !== null || state.stopping || !hasWork() || (wantsContinue() && !state.paused));

  let cancelled: unknown = null;
  try {
    while (!isOver()) {
      if (mayStart() && state.planned.length === 0 && mayPlan()) {
        const count = Math.min(remainingBudget(state), LOOK_AHEAD);
        apply({ type: 'suggested', ...(await control.suggest({ task, cursor: state.cursor, count })) });
      }
      for (let next = state.planned[0]; next && canStartNow(); next = state.planned[0]) {
        const planned = next;
        apply({ type: 'started', experimentId: planned.experimentId });
        experiments.start(() => runOne(planned));
      }
      showState(state);
      await condition(() => isOver() || canStartNow());
    }
  } catch (error) {
    if (!isCancellation(error)) throw error;
    cancelled = error;
    experiments.cancel();
    // The experiments take their engines down before they end: nothing is reported as over while something still runs.
    await experiments.drained();
  }

  if (cancelled === null && fatal === null && !state.stopping && hasWork()) {
    await condition(allHandlersFinished);
    await continueAsNew<typeof tuneWorkflow>(taskFile, {
      task,
      state,
      startedAtMs,
      ...(carried?.continueAfter === undefined ? {} : { continueAfter: carried.continueAfter }),
    });
  }

  phase = 'writing-results';
  return CancellationScope.nonCancellable(async () => {
    showEnd(cancelled ? 'cancelled' : fatal ? 'failed' : 'done');
    const result = await asTuneResult(
      results.writeResults({
        tune,
        task,
        elapsedSeconds: (Date.now() - startedAtMs) / 1000,
        answer: describeAnswer(state, resolveObjective(task.optimization.objective)),
        stopped: state.stopping || cancelled !== null || fatal !== null,
      })
    );
    await condition(allHandlersFinished);
    if (cancelled) throw cancelled;
    if (fatal) throw asTuneFailure(fatal);
    phase = 'done';
    setCurrentDetails(result.answer);
    return result;
  });
}

/** The completed task. A bad one fails the workflow with the message itself, not wrapped in the activity that found it. */
function prepare(taskFile: unknown): Promise<TuningTask> {
  return asTuneResult(control.prepareTask(taskFile));
}

async function asTuneResult<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isCancellation(error) ? error : asTuneFailure(error);
  }
}

async function runExperiment(
  tune: TuneIdentity,
  task: TuningTask,
  planned: Planned
): ReturnType<typeof experimentWorkflow> {
  const child = await startChild(experimentWorkflow, {
    workflowId: experimentWorkflowId(tune.workflowId, planned.experimentId),
    args: [{ tune, task, ...planned }],
    // REQUEST_CANCEL, not the default TERMINATE: an experiment whose tune ends must still take its engine down.
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    workflowTaskTimeout: policies.EXPERIMENT_TASK_TIMEOUT,
    staticSummary: describeCombination(planned.combination),
  });
  return child.result();
}
