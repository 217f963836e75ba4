/** The results file of a tune, made from Temporal's history: the one builder for CLI and API. */
import { readFile } from 'node:fs/promises';
import type { Ended } from '../domain/budget/ended.js';
import { TunerError } from '../domain/failures.js';
import type { ResultsOutline } from '../domain/results/outline.js';
import { buildOutline, buildResultsFile, type ResultsInput } from '../domain/results/results-file.js';
import { resultsSchema, type ResultsFile } from '../domain/results/tune-result.js';
import { parseTask } from '../domain/task/parse-task.js';
import { provenanceHere, resultPaths } from '../platform/result-files.js';
import type { Tune } from './tune.js';
import type { TuneHistory } from './tune-history.js';
import type { TuneInfo, TuneStatus } from './tune-info.js';

/**
 * The results so far, or those of the end.
 * @throws TunerError when the tune was started with an invalid task file.
 */
export async function resultsOf(tune: Tune): Promise<ResultsFile> {
  const info = await tune.describe();
  return resultsFrom(info, await tune.history());
}

/** The same from what was read before. @throws TunerError as `resultsOf`. */
export function resultsFrom(info: TuneInfo, history: TuneHistory): ResultsFile {
  return buildResultsFile(inputOf(info, history));
}

/** What is shown of them. @throws TunerError as `resultsOf`. */
export function outlineFrom(info: TuneInfo, history: TuneHistory): ResultsOutline {
  return buildOutline(inputOf(info, history));
}

function inputOf(info: TuneInfo, history: TuneHistory): ResultsInput {
  const { taskFile, outcomes, firstRunId, retryOf, result, reuse } = history;
  const parsed = parseTask(taskFile);
  if ('issues' in parsed) {
    throw new TunerError(
      'INVALID_TASK',
      `${info.workflowId} was started with an invalid task file and measured nothing`
    );
  }
  const finishedAtMs = (info.closedAt ?? new Date()).getTime();
  return {
    task: parsed.task,
    outcomes,
    workflowId: info.workflowId,
    runId: firstRunId,
    elapsedSeconds: (finishedAtMs - info.startedAt.getTime()) / 1000,
    finishedAtMs,
    isRunning: info.status === 'running',
    activeSeconds: result?.spent?.wall_time,
    stoppedEarly: result?.stoppedEarly ?? info.status !== 'completed',
    ended: result?.ended ?? endedBy(info.status),
    retryOf: retryOf ?? undefined,
    reuse: reuse ?? undefined,
    writtenBy: provenanceHere(),
  };
}

/** From the results folder of this machine. Null when there is no such file, or when it is none of ours. */
export async function resultsFromFolder(task: string, dir: string): Promise<ResultsFile | null> {
  if (!/^[\w.-]+$/.test(task)) return null;
  const text = await readFile(resultPaths(dir, task).resultsFile, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return resultsSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Of a tune without a result. */
function endedBy(status: TuneStatus): Ended | null {
  return status === 'cancelled' || status === 'failed' ? { reason: status, stage: 'search' } : null;
}
