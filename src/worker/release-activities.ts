import { ActivityNotFoundError, type Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { hasEndedHere } from '../platform/worker-identity.js';

/** Whose activities a worker can hold. */
const OPEN = "ExecutionStatus = 'Running' AND WorkflowType IN ('tuneWorkflow', 'experimentWorkflow')";
/** PENDING_ACTIVITY_STATE_STARTED and PENDING_ACTIVITY_STATE_CANCEL_REQUESTED of temporal.api.enums.v1. */
const STARTED = 2;
const CANCEL_REQUESTED = 3;

/**
 * Gives back to Temporal what dead workers of this host had in hand, so that it goes on at once and not after a heartbeat timeout.
 * Only a process on the same machine can know that they are dead.
 */
export async function releaseActivities(client: Client, hostId: string): Promise<void> {
  for await (const { workflowId, runId } of client.workflow.list({ query: OPEN })) {
    const { raw } = await client.workflow.getHandle(workflowId, runId).describe();
    for (const { activityId, state, lastWorkerIdentity } of raw.pendingActivities ?? []) {
      const inHand = Number(state);
      if (inHand !== STARTED && inHand !== CANCEL_REQUESTED) continue;
      if (!activityId || !(await hasEndedHere(lastWorkerIdentity ?? '', hostId))) continue;
      const activity = { workflowId, runId, activityId };
      const answer =
        inHand === STARTED ? client.activity.fail(activity, died()) : client.activity.reportCancellation(activity);
      // One that timed out meanwhile is free already.
      await answer.catch(unlessNotFound);
    }
  }
}

function died(): ApplicationFailure {
  // Without the pause that other failures deserve: nothing is wrong with the activity.
  return ApplicationFailure.create({
    message: 'its worker died; another one goes on',
    type: 'WORKER_DIED',
    nextRetryDelay: 1,
  });
}

function unlessNotFound(error: unknown): void {
  if (!(error instanceof ActivityNotFoundError)) throw error;
}
