import {
  isGrpcServiceError,
  ServiceError,
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionStatusName,
} from '@temporalio/client';

/** Ends from which no run comes back. Anything else, known or not, may still own what it has made: a paused run does. */
const CLOSED: ReadonlySet<WorkflowExecutionStatusName> = new Set([
  'COMPLETED',
  'FAILED',
  'CANCELLED',
  'TERMINATED',
  'TIMED_OUT',
  'CONTINUED_AS_NEW',
]);

/**
 * Whether a run may still do something. A run that Temporal does not know, because its database was lost or because there can be none
 * of this id, is over.
 * @throws when Temporal cannot be asked.
 */
export async function isWorkflowOpen(client: Client, workflowId: string, runId: string): Promise<boolean> {
  try {
    const { status } = await client.workflow.getHandle(workflowId, runId).describe();
    return !CLOSED.has(status.name);
  } catch (error) {
    if (error instanceof WorkflowNotFoundError || isInvalidId(error)) return false;
    throw error;
  }
}

/** gRPC's INVALID_ARGUMENT, as `Invalid RunId`: nothing has ever run under ids that are none. */
export function isInvalidId(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && Number(cause.code) === 3 && /(?:run|workflow)[ _]?id/i.test(cause.details);
}
