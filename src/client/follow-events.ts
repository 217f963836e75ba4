import { isGrpcServiceError, ServiceError, type Client } from '@temporalio/client';
import type { History } from '@temporalio/common/lib/proto-utils.js';
import { setTimeout as sleep } from 'node:timers/promises';

type Event = NonNullable<History['events']>[number];

/** The server answers after about 20 s when nothing happens; one that does not answer at all is asked again. */
const ANSWER_WITHIN_MS = 70_000;
const AGAIN_AFTER_MS = 1000;

/**
 * The events of one run: those that there are, and then each as it happens, in batches, until the run has ended or the signal says so. The
 * server holds every request until there is something to tell, so that nothing is asked in vain. An empty batch says that all that has
 * happened so far was told.
 * @throws WorkflowNotFoundError's gRPC error when there is no such run; never when Temporal is away for a while.
 */
export async function* followEvents(
  client: Client,
  workflowId: string,
  runId: string,
  signal: AbortSignal
): AsyncGenerator<readonly Event[]> {
  const { namespace } = client.options;
  let nextPageToken: Uint8Array | undefined;
  let isCaughtUp = false;
  while (!signal.aborted) {
    try {
      const response = await client.withAbortSignal(signal, () =>
        client.withDeadline(Date.now() + ANSWER_WITHIN_MS, () =>
          client.workflowService.getWorkflowExecutionHistory({
            namespace,
            execution: { workflowId, runId },
            waitNewEvent: true,
            ...(nextPageToken ? { nextPageToken } : {}),
          })
        )
      );
      const events = response.history?.events ?? [];
      nextPageToken = response.nextPageToken;
      if (events.length > 0) yield events;
      if (!nextPageToken || nextPageToken.length === 0) return;
      if (!isCaughtUp) {
        isCaughtUp = true;
        yield [];
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!isPassing(error)) throw error;
      await sleep(AGAIN_AFTER_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** gRPC's CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNAVAILABLE: the same request may do well in a moment. */
function isPassing(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && [1, 4, 8, 14].includes(Number(cause.code));
}
