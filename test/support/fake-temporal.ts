/** A Temporal that knows what was started through it, and nothing else: for tests of what stands before it. */
import { defaultDataConverter } from '@temporalio/common';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  ScheduleNotFoundError,
  type Client,
} from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';

interface Started {
  readonly workflowId: string;
  readonly runId: string;
  readonly memo: Record<string, unknown>;
  readonly args: readonly unknown[];
}

/** @returns the client, and the runs that were started. */
export function fakeTemporal(): { client: Client; started: Started[] } {
  const started: Started[] = [];
  const infoOf = ({ workflowId, runId, memo }: Started): object => ({
    ...{ workflowId, runId, memo, type: 'tuneWorkflow', taskQueue: 'autotuner', historyLength: 1 },
    status: { code: 1, name: 'RUNNING' },
    startTime: new Date(0),
    typedSearchAttributes: new TypedSearchAttributes(),
    raw: {},
  });
  const find = (workflowId: string): Started => {
    const found = started.find((run) => run.workflowId === workflowId);
    if (!found) throw new WorkflowNotFoundError('workflow not found', workflowId, undefined);
    return found;
  };
  const nothing = async function* (): AsyncGenerator<never> {
    // There is none.
  };
  const noSchedule = async (): Promise<never> => {
    throw new ScheduleNotFoundError('no schedule', 's');
  };
  const handle = (workflowId: string): object => ({
    workflowId,
    describe: async () => infoOf(find(workflowId)),
    query: async () => {
      throw new WorkflowNotFoundError('workflow not found', workflowId, undefined);
    },
    executeUpdate: async () => `did it to ${find(workflowId).runId}`,
    cancel: async () => find(workflowId),
    result: async () => find(workflowId),
    fetchHistory: async () => ({ events: [] }),
  });
  const client = {
    options: {
      namespace: 'default',
      loadedDataConverter: { ...defaultDataConverter, payloadConverter: defaultDataConverter },
    },
    withDeadline: (_: number, work: () => Promise<unknown>) => work(),
    withAbortSignal: (_: AbortSignal, work: () => Promise<unknown>) => work(),
    workflowService: {
      listWorkflowExecutions: async () => ({ executions: [], nextPageToken: new Uint8Array() }),
      describeTaskQueue: async () => ({ pollers: [] }),
      describeNamespace: async () => ({}),
      getWorkflowExecutionHistory: async () => ({ history: { events: [] }, nextPageToken: new Uint8Array() }),
    },
    workflow: {
      getHandle: handle,
      list: nothing,
      start: async (_: string, options: { workflowId: string; args: unknown[]; memo?: Record<string, unknown> }) => {
        const { workflowId, args, memo = {} } = options;
        if (started.some((run) => run.workflowId === workflowId))
          throw new WorkflowExecutionAlreadyStartedError('started', workflowId, 'tuneWorkflow');
        const runId = `run-${started.length + 1}`;
        started.push({ workflowId, runId, memo, args });
        return { firstExecutionRunId: runId };
      },
    },
    schedule: {
      list: nothing,
      create: async () => ({}),
      getHandle: () => ({
        describe: noSchedule,
        pause: noSchedule,
        unpause: noSchedule,
        trigger: noSchedule,
        delete: noSchedule,
      }),
    },
  };
  return { client: client as unknown as Client, started };
}
