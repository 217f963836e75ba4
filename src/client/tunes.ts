import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { CONTROL_QUEUE } from '../contracts/task-queues.js';
import { tuneWorkflowId } from '../domain/names.js';
import type { TaskFile } from '../domain/task/task.schema.js';
import { TuneNotFoundError } from './errors.js';
import { isInvalidId } from './is-workflow-open.js';
import { startTune } from './start-tune.js';
import { Tune } from './tune.js';
import { tuneInfo, type TuneInfo } from './tune-info.js';
import { ALL_TUNES, tunePage, type TunePageQuery, type TunePageResult } from './tune-page.js';

/** Tunes on one Temporal server: what the CLI and the API are made of. */
export class Tunes {
  constructor(readonly client: Client) {}

  /**
   * Starts a tune and returns at once.
   * @param options.memo small and without secrets: it is kept with the run, in every list.
   * @throws TuneAlreadyRunningError.
   */
  async start(file: TaskFile, { memo }: { memo?: Readonly<Record<string, unknown>> } = {}): Promise<Tune> {
    const workflowId = tuneWorkflowId(file.task_name);
    const { task_name: taskName, description } = file;
    const summary = description || taskName;
    await startTune(this.client, { workflowId, taskName, args: [file], summary, ...(memo ? { memo } : {}) });
    return new Tune(this.client, workflowId);
  }

  /**
   * The tune of exactly this workflow id.
   * @param run an earlier run; default: the latest.
   * @throws TuneNotFoundError.
   */
  async get(workflowId: string, run?: string): Promise<Tune> {
    const tune = new Tune(this.client, workflowId, run);
    if (!(await knownInfo(tune))) throw new TuneNotFoundError(workflowId);
    return tune;
  }

  /** One page of tunes, the latest first; @see tunePage. */
  page(query: TunePageQuery): Promise<TunePageResult> {
    return tunePage(this.client, query);
  }

  /**
   * The tune of a task: the running one, else the latest. A schedule gives each of its tunes an id of its own, which can be given
   * instead of the task's name.
   * @throws TuneNotFoundError.
   */
  async find(taskNameOrWorkflowId: string): Promise<Tune> {
    const direct = taskNameOrWorkflowId.startsWith('tune/');
    const candidates: TuneInfo[] = [];
    const id = direct ? taskNameOrWorkflowId : tuneWorkflowId(taskNameOrWorkflowId);
    const known = await knownInfo(new Tune(this.client, id));
    if (known) candidates.push(known);
    if (!direct)
      for await (const info of this.list({ taskName: taskNameOrWorkflowId, limit: 20 })) candidates.push(info);
    const rank = (info: TuneInfo): number => (info.status === 'running' ? Infinity : info.startedAt.getTime());
    const [best] = candidates.sort((a, b) => rank(b) - rank(a));
    if (!best) throw new TuneNotFoundError(taskNameOrWorkflowId);
    return new Tune(this.client, best.workflowId);
  }

  /** The latest first. @param options.limit default 100. */
  async *list(options: { taskName?: string; limit?: number } = {}): AsyncGenerator<TuneInfo> {
    const { taskName, limit = 100 } = options;
    // A quote in the name could change the query, and no task name has one.
    if (taskName !== undefined && !/^[\w.-]+$/.test(taskName)) return;
    const query = taskName === undefined ? ALL_TUNES : `${ALL_TUNES} AND AutotunerTask = '${taskName}'`;
    let left = limit;
    for await (const execution of this.client.workflow.list({ query })) {
      if (left-- <= 0) return;
      yield tuneInfo(execution);
    }
  }

  /** Whether any worker has asked for work on the control queue lately. */
  async hasWorkers(): Promise<boolean> {
    const { pollers } = await this.client.workflowService.describeTaskQueue({
      namespace: this.client.options.namespace,
      taskQueue: { name: CONTROL_QUEUE },
      taskQueueType: WORKFLOW_QUEUE,
    });
    return (pollers?.length ?? 0) > 0;
  }
}

/** Null where Temporal knows no such run, or where there can be none of this id. */
async function knownInfo(tune: Tune): Promise<TuneInfo | null> {
  try {
    return await tune.describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || error instanceof TuneNotFoundError || isInvalidId(error)) return null;
    throw error;
  }
}

/** TASK_QUEUE_TYPE_WORKFLOW of temporal.api.enums.v1. */
const WORKFLOW_QUEUE = 1;
