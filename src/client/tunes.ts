import { WorkflowExecutionAlreadyStartedError, type Client, type WorkflowHandle } from '@temporalio/client';
import { progressQuery, type TuneProgress } from '../contracts/messages.js';
import { CONTROL_QUEUE } from '../contracts/task-queues.js';
import { tuneWorkflowId } from '../domain/names.js';
import type { TaskFile } from '../domain/task.schema.js';
import type { TuneResult } from '../domain/tune-result.js';

/** A tune of this task is running already. */
export class TuneAlreadyRunningError extends Error {
  override readonly name = 'TuneAlreadyRunningError';
  constructor(readonly taskName: string) {
    super(`the task '${taskName}' is being tuned already: watch, stop or cancel that tune first`);
  }
}

/** Tunes on one Temporal server: what the CLI and the API are made of. */
export class Tunes {
  constructor(private readonly client: Client) {}

  /** Starts a tune and returns at once. @throws TuneAlreadyRunningError. */
  async start(file: TaskFile): Promise<Tune> {
    try {
      const handle = await this.client.workflow.start('tuneWorkflow', {
        workflowId: tuneWorkflowId(file.task_name),
        taskQueue: CONTROL_QUEUE,
        args: [file],
        workflowIdConflictPolicy: 'FAIL',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        staticSummary: file.description ?? file.task_name,
      });
      return new Tune(handle);
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) throw new TuneAlreadyRunningError(file.task_name);
      throw error;
    }
  }
}

/** One tune. */
export class Tune {
  constructor(private readonly handle: WorkflowHandle) {}

  get workflowId(): string {
    return this.handle.workflowId;
  }

  progress(): Promise<TuneProgress> {
    return this.handle.query(progressQuery);
  }

  /** Asks it to end; running experiments take their engines down first. */
  async cancel(): Promise<void> {
    await this.handle.cancel();
  }

  /** @throws WorkflowFailedError when the tune failed or was cancelled. */
  result(): Promise<TuneResult> {
    return this.handle.result() as Promise<TuneResult>;
  }
}
