import type { Client } from '@temporalio/client';
import { describeReasons, experimentsToRetry, type Again } from '../domain/tuning/retry.js';
import { TuneAlreadyRunningError, TuneRefusedError } from './errors.js';
import { startTune } from './start-tune.js';
import { readTuneHistory } from './tune-history.js';
import type { TuneInfo } from './tune-info.js';

export interface RetryOptions {
  /** Only experiments with one of these failure codes, or `cancelled` or `lost`. */
  readonly codes?: readonly string[];
  /** Only say which they are. */
  readonly dryRun?: boolean;
}

/** Starts a new run of a tune that has ended, for what failed in it. Which outcomes it keeps, its worker finds out by itself. */
export async function retryFailed(
  client: Client,
  { workflowId, runId, taskName, closedAt }: TuneInfo,
  { codes = [], dryRun = false }: RetryOptions
): Promise<readonly Again[]> {
  if (closedAt === null) throw new TuneAlreadyRunningError(taskName, workflowId);
  const history = await readTuneHistory(client, workflowId, runId);
  const again = experimentsToRetry(history, codes);
  if (dryRun) return again;
  if (again.length === 0) {
    const which = codes.length > 0 ? ` with ${codes.join(' or ')}` : '';
    throw new TuneRefusedError(`no experiment of ${workflowId} has failed or was lost${which}`);
  }
  const args = [history.taskFile, null, { runId, codes }];
  await startTune(client, { workflowId, taskName, args, summary: `runs again: ${describeReasons(again)}` });
  return again;
}
