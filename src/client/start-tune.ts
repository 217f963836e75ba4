import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { TUNE_TASK_TIMEOUT } from '../contracts/policies.js';
import { CONTROL_QUEUE } from '../contracts/task-queues.js';
import { TuneAlreadyRunningError } from './errors.js';

interface StartRequest {
  readonly workflowId: string;
  readonly taskName: string;
  /** The arguments of `tuneWorkflow`. */
  readonly args: readonly unknown[];
  readonly summary: string;
  /** Kept with the run, in every list. */
  readonly memo?: Readonly<Record<string, unknown>>;
}

/** Starts a tune, or a new run of an old one, and returns at once. @returns the run's id. @throws TuneAlreadyRunningError. */
export async function startTune(client: Client, request: StartRequest): Promise<string> {
  const { workflowId, taskName, args, summary, memo } = request;
  try {
    const { firstExecutionRunId } = await client.workflow.start('tuneWorkflow', {
      workflowId,
      taskQueue: CONTROL_QUEUE,
      args: [...args],
      workflowIdConflictPolicy: 'FAIL',
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      workflowTaskTimeout: TUNE_TASK_TIMEOUT,
      staticSummary: summary.slice(0, 200),
      ...(memo ? { memo } : {}),
    });
    return firstExecutionRunId;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) throw new TuneAlreadyRunningError(taskName, workflowId);
    throw error;
  }
}
