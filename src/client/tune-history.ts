import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { roleOf, type ExperimentOutcome, type ExperimentReport } from '../domain/tuning/experiment.js';
import { experimentWorkflowId } from '../domain/names.js';
import type { Again, EarlierTune } from '../domain/tuning/retry.js';
import type { TuneResult } from '../domain/results/tune-result.js';
import { noteSurroundings, openReuse, type Reuse, type ReuseState } from '../domain/reuse/reuse.js';
import { readOutcome } from '../domain/results/outcome.schema.js';
import { readRun, type OpenExperiment, type RunHistory } from './run-history.js';

/** A tune as its workflow's history tells it: the truth, wherever the result files are. A retry tells what it keeps too. */
export interface TuneHistory extends EarlierTune {
  /** The workflow's input: the task file as it was given. */
  readonly taskFile: unknown;
  /** The first run's id of the tune whose failed experiments this one repeats. */
  readonly retryOf: string | null;
  /** What the tune returned; null unless it completed. */
  readonly result: Partial<TuneResult> | null;
  /** What the tune has learned from earlier ones, as far as it applies. */
  readonly reuse: ReuseState | null;
}

/**
 * Reads every run of a tune, from the given one back to the first, and those whose failed experiments it repeats, as far as Temporal
 * still keeps them.
 * @param fetch where runs come from; default: Temporal, each of them whole.
 */
export async function readTuneHistory(
  client: Client,
  workflowId: string,
  lastRunId: string,
  fetch: FetchRun = (runId, mustExist) => fetchRun(client, workflowId, runId, mustExist)
): Promise<TuneHistory> {
  const outcomes = new Map<number, ExperimentOutcome>();
  const lost = new Map<number, Again>();
  const firstRunIds: string[] = [];
  let taskFile: unknown = null;
  let reuse: Reuse | null = null;
  let end: RunHistory['end'] = 'none';
  let result: TuneHistory['result'] = null;
  let runId = lastRunId;
  let isNewest = true;
  while (runId !== '') {
    const run = await fetch(runId, runId === lastRunId);
    if (!run) break;
    if (runId === lastRunId) result = run.result;
    if (isNewest) {
      end = run.end;
      firstRunIds.push(run.firstRunId);
    }
    taskFile = run.taskFile;
    if (run.retry === null) reuse ??= run.reuse;
    // The latest counts, and it is read first.
    for (const outcome of run.outcomes)
      if (!outcomes.has(outcome.experimentId)) outcomes.set(outcome.experimentId, outcome);
    // While a tune runs, nothing of it is lost; and a tune that was stopped was not to go on with what it had planned.
    for (const item of run.open) {
      if (end === 'none' || (end === 'completed' && !item.started)) continue;
      if (outcomes.has(item.experimentId) || lost.has(item.experimentId)) continue;
      const outcome = await lateOutcome(client, workflowId, item);
      if (outcome) outcomes.set(outcome.experimentId, outcome);
      else lost.set(item.experimentId, asLost(item));
    }
    isNewest = run.continuedRunId === '';
    runId = run.continuedRunId || (run.retry?.runId ?? '');
  }
  return {
    taskFile,
    firstRunId: firstRunIds[0] ?? lastRunId,
    retryOf: firstRunIds[1] ?? null,
    result,
    reuse: reuse && [...outcomes.values()].reduce(noteSurroundings, openReuse(reuse)),
    outcomes: byNumber([...outcomes.values()]),
    lost: byNumber([...lost.values()]).filter(({ experimentId }) => !outcomes.has(experimentId)),
  };
}

/** Null when Temporal no longer keeps it; that is an error only for the run that was asked for. */
type FetchRun = (runId: string, mustExist: boolean) => Promise<RunHistory | null>;

export async function fetchRun(
  client: Client,
  workflowId: string,
  runId: string,
  mustExist: boolean
): Promise<RunHistory | null> {
  try {
    return await readRun(client, runId, await client.workflow.getHandle(workflowId, runId).fetchHistory());
  } catch (error) {
    if (error instanceof WorkflowNotFoundError && !mustExist) return null;
    throw error;
  }
}

/** An experiment outlives a tune that is terminated: it takes its engine down and then has an outcome that nobody waited for. */
async function lateOutcome(
  client: Client,
  tuneId: string,
  { experimentId, runId }: OpenExperiment
): Promise<ExperimentOutcome | null> {
  if (runId === null) return null;
  const handle = client.workflow.getHandle(experimentWorkflowId(tuneId, experimentId), runId);
  try {
    if ((await handle.describe()).status.name !== 'COMPLETED') return null;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
  return readOutcome(((await handle.result()) as Partial<ExperimentReport> | null)?.outcome);
}

function asLost(item: OpenExperiment): Again {
  return {
    experimentId: item.experimentId,
    ...roleOf(item),
    combination: item.combination,
    reason: item.code ?? 'lost',
  };
}

function byNumber<T extends { readonly experimentId: number }>(items: T[]): T[] {
  return items.sort((a, b) => a.experimentId - b.experimentId);
}
