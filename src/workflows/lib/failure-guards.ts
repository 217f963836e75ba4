import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import type { Failure } from '../../domain/tuning/experiment.js';
import { failureScope, isFailureCode } from '../../domain/failures.js';

/** The failure that an activity reported on purpose, or null when the error is of another kind. */
export function reportedFailure(error: unknown): Failure | null {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (!(cause instanceof ApplicationFailure) || !isFailureCode(cause.type)) return null;
  const evidence = Array.isArray(cause.details?.[0]) ? cause.details[0].map(String) : [];
  return { code: cause.type, message: cause.message, evidence };
}

/** A failure that says something about the combination: a result. */
export function experimentFailure(error: unknown): Failure | null {
  const failure = reportedFailure(error);
  return failure && failureScope(failure.code) === 'experiment' ? failure : null;
}

/** No worker of that host took the task in time. */
export function isHostLost(error: unknown): boolean {
  return (
    error instanceof ActivityFailure &&
    error.cause instanceof TimeoutFailure &&
    error.cause.timeoutType === 'SCHEDULE_TO_START'
  );
}

/** Why no engine was started, if the accelerators of its place were in use. */
export function acceleratorBusy(error: unknown): string | null {
  const failure = reportedFailure(error);
  return failure?.code === 'ACCELERATOR_BUSY' ? failure.message : null;
}

/** What fails a tune: the code, message and evidence themselves, not wrapped in the child or activity that met them. */
export function asTuneFailure(error: unknown): ApplicationFailure {
  const failure = reportedFailure(error) ?? reportedFailure(error instanceof Error ? error.cause : undefined);
  return ApplicationFailure.nonRetryable(
    failure?.message ?? rootMessage(error),
    failure?.code ?? 'INTERNAL',
    failure?.evidence ?? []
  );
}

/** The message of the innermost cause, which is the one that says what happened. */
function rootMessage(error: unknown): string {
  let current = error;
  while (current instanceof Error && current.cause instanceof Error) current = current.cause;
  return current instanceof Error ? current.message : String(current);
}
