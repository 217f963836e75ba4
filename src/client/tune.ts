import { setTimeout as sleep } from 'node:timers/promises';
import {
  isGrpcServiceError,
  QueryRejectedError,
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import {
  experimentQuery,
  extendUpdate,
  pauseUpdate,
  progressQuery,
  resumeUpdate,
  stopUpdate,
  type ExperimentProgress,
  type TuneProgress,
} from '../contracts/messages.js';
import type { Spending } from '../domain/budget/forecast.js';
import type { Combination } from '../domain/space/combination.js';
import { spendingNow } from '../domain/tuning/spending.js';
import { roleOf, type Role } from '../domain/tuning/experiment.js';
import { experimentWorkflowId } from '../domain/names.js';
import type { Again } from '../domain/tuning/retry.js';
import type { TuneResult } from '../domain/results/tune-result.js';
import type { Planned } from '../domain/tuning/tuning-state.js';
import { NoWorkerError, TuneNotFoundError, TuneRefusedError } from './errors.js';
import { retryFailed, type RetryOptions } from './retry-failed.js';
import { readTuneHistory, type TuneHistory } from './tune-history.js';
import { tuneInfo, type TuneInfo } from './tune-info.js';

/** What is known of a tune at one moment. */
export interface TuneSnapshot {
  readonly info: TuneInfo;
  /** Null while no worker answers. */
  readonly progress: TuneProgress | null;
  /** The running experiments, at most ten. */
  readonly running: readonly RunningExperiment[];
  /** What it has used, may use and is likely to use; null until it is prepared. */
  readonly spending: Spending | null;
}

/** Why a tune failed: the code, one sentence, and the lines that show it. */
export interface TuneFailure {
  /** A failure code; null where it failed without one. */
  readonly code: string | null;
  readonly message: string;
  readonly evidence: readonly string[];
}

/** An experiment with where it stands; `detail` also says what its activity is at: `1 of 2 loads measured`. */
export interface RunningExperiment extends ExperimentProgress, Role {
  readonly experimentId: number;
  readonly combination: Combination;
}

/** A worker that does not answer within this time is taken for absent. */
const ANSWER_WITHIN_MS = 10_000;
/** Running experiments that are asked at each look; enough for a screen. */
const MOST_RUNNING = 10;

/** One tune. Methods throw the errors of ./errors.ts; anything else is Temporal's own. */
export class Tune {
  private readonly handle: WorkflowHandle;

  /** @param run an earlier run; default: the latest. */
  constructor(
    private readonly client: Client,
    readonly workflowId: string,
    run?: string
  ) {
    this.handle = client.workflow.getHandle(workflowId, run);
  }

  /** @throws TuneNotFoundError when the workflow of this id is no tune: an experiment's begins in the same way. */
  async describe(): Promise<TuneInfo> {
    const description = await this.handle.describe();
    if (description.type !== 'tuneWorkflow') throw new TuneNotFoundError(this.workflowId);
    return tuneInfo(description);
  }

  /** @throws NoWorkerError when no worker can answer. */
  async progress(): Promise<TuneProgress> {
    try {
      return await this.client.withDeadline(Date.now() + ANSWER_WITHIN_MS, () => this.handle.query(progressQuery));
    } catch (error) {
      throw workerIsAbsent(error) ? new NoWorkerError({ cause: error }) : error;
    }
  }

  /**
   * Looks again and again until the tune has ended; the last snapshot is the one after the end.
   * @param options.everyMs between two looks (500).
   */
  async *watch(options: { everyMs?: number; signal?: AbortSignal } = {}): AsyncGenerator<TuneSnapshot> {
    const { everyMs = 500, signal } = options;
    for (;;) {
      const snapshot = await this.look();
      yield snapshot;
      if (snapshot.info.status !== 'running') return;
      await sleep(everyMs, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
    }
  }

  /** One look at where it stands. */
  async look(): Promise<TuneSnapshot> {
    const info = await this.describe();
    const progress = await this.progress().catch((error: unknown) => {
      if (error instanceof NoWorkerError || error instanceof QueryRejectedError) return null;
      throw error;
    });
    const planned = info.status === 'running' ? (progress?.state.running ?? []).slice(0, MOST_RUNNING) : [];
    const running = await Promise.all(planned.map((item) => this.lookAt(item)));
    return { info, progress, running, spending: spendingAt(info, progress) };
  }

  /** Starts no further experiment; the running ones end normally. */
  pause(): Promise<string> {
    return this.update(() => this.handle.executeUpdate(pauseUpdate));
  }

  resume(): Promise<string> {
    return this.update(() => this.handle.executeUpdate(resumeUpdate));
  }

  /** Finishes with the best so far. */
  stop(): Promise<string> {
    return this.update(() => this.handle.executeUpdate(stopUpdate));
  }

  /** Allows more experiments. */
  extend(iterations: number): Promise<string> {
    return this.update(() => this.handle.executeUpdate(extendUpdate, { args: [{ iterations }] }));
  }

  /** Asks it to end; running experiments take their engines down first. */
  async cancel(): Promise<void> {
    try {
      await this.handle.cancel();
    } catch (error) {
      throw error instanceof WorkflowNotFoundError ? ended(this.workflowId) : error;
    }
  }

  /** Waits for the end. @throws WorkflowFailedError when the tune failed or was cancelled. */
  result(): Promise<TuneResult> {
    return this.handle.result() as Promise<TuneResult>;
  }

  /** Why the tune itself failed; null where it did not, or goes on. */
  async failure(): Promise<TuneFailure | null> {
    if ((await this.describe()).status !== 'failed') return null;
    const error = await this.result().then(
      () => null,
      (reason: unknown) => reason
    );
    if (!(error instanceof Error) || error.name !== 'WorkflowFailedError') return null;
    const cause = error.cause as (Error & { type?: string | null; details?: unknown[] | null }) | undefined;
    const details = cause?.details?.[0];
    return {
      code: cause?.type ?? null,
      message: cause?.message ?? error.message,
      evidence: Array.isArray(details) ? details.map(String) : [],
    };
  }

  /** Every outcome so far, from Temporal's history. */
  async history(): Promise<TuneHistory> {
    const { runId } = await this.describe();
    return readTuneHistory(this.client, this.workflowId, runId);
  }

  /**
   * Runs again what failed, was cancelled or was lost, in a new run of the same workflow that keeps the rest: this object then is the
   * new run.
   * @returns the experiments that are run again.
   * @throws TuneAlreadyRunningError; TuneRefusedError when there are none.
   */
  async retryFailed(options: RetryOptions = {}): Promise<readonly Again[]> {
    return retryFailed(this.client, await this.describe(), options);
  }

  private async update(send: () => Promise<string>): Promise<string> {
    try {
      return await this.client.withDeadline(Date.now() + ANSWER_WITHIN_MS, send);
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) throw ended(this.workflowId);
      if (error instanceof WorkflowUpdateFailedError) {
        throw new TuneRefusedError(error.cause?.message ?? error.message, { cause: error });
      }
      if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || workerIsAbsent(error)) {
        throw new NoWorkerError({ cause: error });
      }
      throw error;
    }
  }

  private async lookAt(item: Planned): Promise<RunningExperiment> {
    const { experimentId, combination } = item;
    const handle = this.client.workflow.getHandle(experimentWorkflowId(this.workflowId, experimentId));
    const [progress, heartbeat] = await Promise.all([
      // One that has only just been started, or has just ended, cannot answer.
      this.client.withDeadline(Date.now() + ANSWER_WITHIN_MS, () => handle.query(experimentQuery)).catch(() => null),
      this.lastHeartbeat(handle),
    ]);
    const { phase, detail, sinceMs } = progress ?? { phase: 'queued', detail: '', sinceMs: Date.now() };
    return { experimentId, ...roleOf(item), combination, phase, detail: heartbeat || detail, sinceMs };
  }

  /** What the running activity said last; it comes from the host, and is text or has a message. */
  private async lastHeartbeat(handle: WorkflowHandle): Promise<string> {
    const description = await handle.describe().catch(() => null);
    const payloads = description?.raw.pendingActivities?.[0]?.heartbeatDetails?.payloads;
    const converter = this.client.options.loadedDataConverter;
    // What another program has encoded is not worth a look that fails.
    const [said] = await decodeArrayFromPayloads(converter, payloads).catch((): unknown[] => []);
    if (typeof said === 'string') return said;
    const message = (said as { message?: unknown } | null | undefined)?.message;
    return typeof message === 'string' ? message : '';
  }
}

/** By the clock of whoever looks: the workflow's own stands still between two events. */
function spendingAt(info: TuneInfo, progress: TuneProgress | null): Spending | null {
  if (!progress?.plan) return null;
  const spending = spendingNow(
    progress.plan,
    progress.state,
    progress.startedAtMs,
    (info.closedAt ?? new Date()).getTime()
  );
  return info.status === 'running' ? spending : { ...spending, forecast: null };
}

function ended(workflowId: string): TuneRefusedError {
  return new TuneRefusedError(`${workflowId} has ended already`);
}

/** gRPC's DEADLINE_EXCEEDED, and FAILED_PRECONDITION, by which Temporal says that it has seen no worker lately. */
function workerIsAbsent(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && (Number(cause.code) === 4 || Number(cause.code) === 9);
}
