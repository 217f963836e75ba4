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
  setHandler,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { ControlActivities, TuneIdentity } from '../contracts/activities.js';
import {
  extendUpdate,
  pauseUpdate,
  progressQuery,
  resumeUpdate,
  stopUpdate,
  type TuneProgress,
} from '../contracts/messages.js';
import * as policies from '../contracts/policies.js';
import { SEARCH_ATTRIBUTES } from '../contracts/search-attributes.js';
import { describeCombination } from '../domain/combination.js';
import { experimentWorkflowId } from '../domain/names.js';
import { resolveObjective } from '../domain/objective.js';
import type { TuningTask } from '../domain/task.schema.js';
import type { TuneResult } from '../domain/tune-result.js';
import {
  finishedCount,
  initialState,
  reduce,
  remainingBudget,
  type Planned,
  type TuningEvent,
  type TuningState,
} from '../domain/tuning-state.js';
import { describeAnswer } from '../domain/answer.js';
import { experimentWorkflow } from './experiment.js';
import { asTuneFailure } from './lib/failure-guards.js';

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

/** The completed task. A bad one fails the workflow with the message itself, not wrapped in the activity that found it. */
async function prepare(taskFile: unknown): Promise<TuningTask> {
  try {
    return await control.prepareTask(taskFile);
  } catch (error) {
    throw isCancellation(error) ? error : asTuneFailure(error);
  }
}

/**
 * One run of a task: suggests combinations, runs them as child workflows, keeps the best, and writes the results.
 * @param taskFile the task file as it is; whatever is wrong with it fails the workflow with INVALID_TASK.
 * @param carried only given by the workflow itself when it continues as new.
 */
export async function tuneWorkflow(taskFile: unknown, carried?: Carried): Promise<TuneResult> {
  const info = workflowInfo();
  let task: TuningTask | null = carried?.task ?? null;
  let state = carried?.state ?? initialState(0);
  let phase: TuneProgress['phase'] = 'preparing';
  let fatal: unknown = null;
  const startedAtMs = carried?.startedAtMs ?? info.startTime.getTime();
  const apply = (event: TuningEvent): void => {
    state = reduce(state, event);
  };
  const children = new CancellationScope();

  const progress = (): TuneProgress => ({
    taskName: task?.task_name ?? '',
    phase: phase === 'tuning' && state.paused ? 'paused' : phase,
    objective: task && resolveObjective(task.optimization.objective),
    state,
    startedAtMs,
  });
  setHandler(progressQuery, progress, {
    description: 'Where the tune stands: running experiments, counts, and the best so far.',
  });
  const refuseWhenEnding = (): void => {
    if (state.stopping || phase === 'writing-results')
      throw ApplicationFailure.nonRetryable('the tune is already finishing');
  };
  setHandler(
    pauseUpdate,
    () => {
      apply({ type: 'paused' });
      return `paused; ${state.running.length} running experiments will end normally`;
    },
    { validator: refuseWhenEnding, description: 'Start no further experiment.' }
  );
  setHandler(
    resumeUpdate,
    () => {
      apply({ type: 'resumed' });
      return 'resumed';
    },
    { validator: refuseWhenEnding, description: 'Go on after a pause.' }
  );
  setHandler(
    stopUpdate,
    () => {
      apply({ type: 'stopped' });
      children.cancel();
      return `stopping with the best of ${finishedCount(state)} experiments`;
    },
    { validator: refuseWhenEnding, description: 'Finish now with the best so far.' }
  );
  setHandler(
    extendUpdate,
    ({ iterations }) => {
      apply({ type: 'extended', by: iterations });
      return `up to ${state.maxIterations} experiments`;
    },
    {
      validator: ({ iterations }) => {
        refuseWhenEnding();
        if (!Number.isInteger(iterations) || iterations < 1)
          throw ApplicationFailure.nonRetryable('iterations must be a whole number above 0');
      },
      description: 'Allow more experiments: {"iterations": 10}.',
    }
  );

  if (!task) {
    task = await prepare(taskFile);
    state = { ...state, maxIterations: state.maxIterations + task.optimization.max_iterations };
  }
  const tuningTask = task;
  const tune: TuneIdentity = {
    workflowId: info.workflowId,
    runId: info.firstExecutionRunId,
    taskName: tuningTask.task_name,
  };
  const engineName = typeof tuningTask.engine === 'string' ? tuningTask.engine : 'command';
  upsertSearchAttributes([
    { key: SEARCH_ATTRIBUTES.task, value: tuningTask.task_name },
    { key: SEARCH_ATTRIBUTES.model, value: tuningTask.model.name },
    { key: SEARCH_ATTRIBUTES.engine, value: engineName },
    { key: SEARCH_ATTRIBUTES.backend, value: tuningTask.backend },
    { key: SEARCH_ATTRIBUTES.phase, value: 'tuning' },
  ]);
  phase = 'tuning';

  const show = (): void => {
    const best = state.best
      ? `best: experiment ${state.best.experimentId} (${describeCombination(state.best.combination)})`
      : 'no result yet';
    const running = state.running
      .map((item) => `- ${item.experimentId}: ${describeCombination(item.combination)}`)
      .join('\n');
    setCurrentDetails(`**${finishedCount(state)} finished**, ${best}\n\n${running}`);
  };

  const runOne = async (planned: Planned): Promise<void> => {
    const previousBest = state.best;
    try {
      const child = await startChild(experimentWorkflow, {
        workflowId: experimentWorkflowId(info.workflowId, planned.experimentId),
        args: [{ tune, task: tuningTask, ...planned }],
        // REQUEST_CANCEL, not the default TERMINATE: an experiment whose tune ends must still take its engine down.
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        staticSummary: describeCombination(planned.combination),
      });
      const { outcome, unrecorded } = await child.result();
      apply({ type: 'finished', outcome });
      if (unrecorded) fatal ??= ApplicationFailure.nonRetryable(unrecorded.message, unrecorded.code);
    } catch (error) {
      // Cancelled before the child could start: there is no outcome, and nothing was deployed.
      if (!isCancellation(error)) fatal ??= error;
      state = { ...state, running: state.running.filter((item) => item.experimentId !== planned.experimentId) };
    }
    if (state.best !== previousBest && state.best?.score != null) {
      upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.bestScore, value: state.best.score }]);
    }
    show();
  };

  let inFlight = 0;
  let finishedHere = 0;
  let cancelled: unknown = null;
  const wantsContinue = (): boolean =>
    info.continueAsNewSuggested ||
    workflowInfo().continueAsNewSuggested ||
    (carried?.continueAfter ?? Infinity) <= finishedHere;
  const mayStart = (): boolean => fatal === null && !state.stopping && !state.paused && !wantsContinue();
  const hasWork = (): boolean => state.planned.length > 0 || (!state.exhausted && remainingBudget(state) > 0);

  try {
    for (;;) {
      if (mayStart() && state.planned.length === 0 && !state.exhausted && remainingBudget(state) > 0) {
        const count = Math.min(remainingBudget(state), LOOK_AHEAD);
        const output = await control.suggest({ task: tuningTask, cursor: state.cursor, count });
        apply({ type: 'suggested', ...output });
      }
      while (mayStart() && inFlight < tuningTask.optimization.parallelism && state.planned[0]) {
        const planned = state.planned[0];
        apply({ type: 'started', experimentId: planned.experimentId });
        inFlight++;
        void children
          .run(() => runOne(planned))
          .catch((error: unknown) => {
            if (!isCancellation(error)) fatal ??= error;
          })
          .finally(() => {
            inFlight--;
            finishedHere++;
          });
      }
      show();
      if (inFlight === 0 && (fatal !== null || state.stopping || !hasWork())) break;
      if (inFlight === 0 && wantsContinue() && !state.paused) break;
      const before = { inFlight, paused: state.paused, stopping: state.stopping, max: state.maxIterations };
      const idle = (): boolean => inFlight >= tuningTask.optimization.parallelism || !hasWork() || !mayStart();
      if (!idle()) continue;
      await condition(
        () =>
          inFlight < before.inFlight ||
          state.paused !== before.paused ||
          state.stopping !== before.stopping ||
          state.maxIterations !== before.max
      );
    }
  } catch (error) {
    if (!isCancellation(error)) throw error;
    cancelled = error;
    children.cancel();
    // The children take their engines down before they end: nothing is reported as over while something still runs.
    await CancellationScope.nonCancellable(() => condition(() => inFlight === 0));
  }

  if (cancelled === null && fatal === null && !state.stopping && hasWork()) {
    await condition(allHandlersFinished);
    await continueAsNew<typeof tuneWorkflow>(taskFile, {
      task: tuningTask,
      state,
      startedAtMs,
      ...(carried?.continueAfter === undefined ? {} : { continueAfter: carried.continueAfter }),
    });
  }

  phase = 'writing-results';
  return await CancellationScope.nonCancellable(async () => {
    upsertSearchAttributes([
      { key: SEARCH_ATTRIBUTES.phase, value: cancelled ? 'cancelled' : fatal ? 'failed' : 'done' },
    ]);
    const result = await results
      .writeResults({
        tune,
        task: tuningTask,
        elapsedSeconds: (Date.now() - startedAtMs) / 1000,
        answer: describeAnswer(state, resolveObjective(tuningTask.optimization.objective)),
        stopped: state.stopping || cancelled !== null || fatal !== null,
      })
      .catch((error: unknown) => {
        throw asTuneFailure(error);
      });
    await condition(allHandlersFinished);
    if (cancelled) throw cancelled;
    if (fatal) throw asTuneFailure(fatal);
    phase = 'done';
    setCurrentDetails(result.answer);
    return result;
  });
}
