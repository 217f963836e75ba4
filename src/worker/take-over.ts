import { ActivityNotFoundError, type Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { isNotFound } from '../client/not-found.js';
import { hasEndedHere } from '../platform/worker-identity.js';

/** Whose work a worker can hold. */
const OPEN = "ExecutionStatus = 'Running' AND WorkflowType IN ('tuneWorkflow', 'experimentWorkflow')";
/** PENDING_ACTIVITY_STATE_STARTED and PENDING_ACTIVITY_STATE_CANCEL_REQUESTED of temporal.api.enums.v1. */
const STARTED = 2;
const CANCEL_REQUESTED = 3;

interface Run {
  readonly workflowId: string;
  readonly runId: string;
}

/**
 * Frees what dead workers of this host had in hand, so that Temporal goes on at once and not after a timeout: their activities, which
 * only a process on the same machine can know to be dead, and their claim to the next task of each workflow that they had in memory.
 */
export async function takeOver(client: Client, hostId: string): Promise<void> {
  const known = new Set<string>();
  const free = async (run: Run): Promise<void> => {
    if (known.has(run.runId)) return;
    known.add(run.runId);
    // An experiment that has just begun may not be in the list yet.
    await Promise.all((await freeRun(client, run, hostId)).map(free));
  };
  const listed: Run[] = [];
  for await (const { workflowId, runId } of client.workflow.list({ query: OPEN })) listed.push({ workflowId, runId });
  for (const run of listed) await free(run);
}

/** @returns the run's open children. */
async function freeRun(client: Client, run: Run, hostId: string): Promise<Run[]> {
  const { namespace } = client.options;
  const forgetWorker = client.workflowService.resetStickyTaskQueue({ namespace, execution: run }).catch(unlessGone);
  const { raw } = await client.workflow.getHandle(run.workflowId, run.runId).describe();
  for (const { activityId, state, lastWorkerIdentity } of raw.pendingActivities ?? []) {
    const inHand = Number(state);
    if (inHand !== STARTED && inHand !== CANCEL_REQUESTED) continue;
    if (!activityId || !(await hasEndedHere(lastWorkerIdentity ?? '', hostId))) continue;
    const activity = { ...run, activityId };
    const answer =
      inHand === STARTED ? client.activity.fail(activity, died()) : client.activity.reportCancellation(activity);
    await answer.catch(unlessGone);
  }
  await forgetWorker;
  return (raw.pendingChildren ?? []).flatMap(({ workflowId, runId }) =>
    workflowId && runId ? [{ workflowId, runId }] : []
  );
}

function died(): ApplicationFailure {
  // Without the pause that other failures deserve: nothing is wrong with the activity.
  return ApplicationFailure.create({
    message: 'its worker died; another one goes on',
    type: 'WORKER_DIED',
    nextRetryDelay: 1,
  });
}

/** A workflow that has ended meanwhile, or an activity that timed out, is free already. */
function unlessGone(error: unknown): void {
  if (error instanceof ActivityNotFoundError || isNotFound(error)) return;
  throw error;
}
