import { readFile } from 'node:fs/promises';
import { TuneNotFoundError } from '../../client/errors.js';
import type { Tune, Tunes, TuneStatus } from '../../client/index.js';
import type { Ended } from '../../domain/budget/ended.js';
import { TunerError } from '../../domain/failures.js';
import { parseTask } from '../../domain/task/parse-task.js';
import { buildResultsFile } from '../../domain/results/results-file.js';
import { resultsSchema, type ResultsFile } from '../../domain/results/tune-result.js';
import { provenanceHere, resultPaths } from '../../platform/result-files.js';
import type { Environment } from '../../platform/environment.js';

/**
 * The results of a task from Temporal's history, which has them while the tune runs and wherever its files are; when Temporal no
 * longer keeps the tune, from the results folder.
 * @throws TuneNotFoundError when neither knows it; TunerError when the task file in the history cannot be read.
 */
export async function loadResults(tunes: Tunes, task: string, environment: Environment): Promise<ResultsFile> {
  try {
    return await resultsFromHistory(await tunes.find(task));
  } catch (error) {
    if (!(error instanceof TuneNotFoundError)) throw error;
    const stored = await resultsFromFolder(task, environment.resultsDir);
    if (stored) return stored;
    throw error;
  }
}

/** Null when there is no such file, or when it is none of ours. */
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

/** @throws TunerError when the tune was started with an invalid task file. */
export async function resultsFromHistory(tune: Tune): Promise<ResultsFile> {
  const info = await tune.describe();
  const { taskFile, outcomes, firstRunId, retryOf, result, reuse } = await tune.history();
  const parsed = parseTask(taskFile);
  if ('issues' in parsed) {
    throw new TunerError(
      'INVALID_TASK',
      `${tune.workflowId} was started with an invalid task file and measured nothing`
    );
  }
  const { task } = parsed;
  const finishedAtMs = (info.closedAt ?? new Date()).getTime();
  return buildResultsFile({
    task,
    outcomes,
    workflowId: tune.workflowId,
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
  });
}
