import { isGrpcServiceError } from '@temporalio/client';

/** gRPC's NOT_FOUND. */
const NOT_FOUND = 5;

/** Whether Temporal says that there is no such thing: a namespace, a workflow that runs. */
export function isNotFound(error: unknown): boolean {
  return isGrpcServiceError(error) && Number(error.code) === NOT_FOUND;
}
