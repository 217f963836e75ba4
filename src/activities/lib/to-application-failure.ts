import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import { failureScope, TunerError, type FailureCode } from '../../domain/failures.js';

/**
 * The one place where errors of adapters become Temporal's. What says something about the combination or the task is not retried;
 * the rest is.
 */
export function toApplicationFailure(error: unknown): unknown {
  if (error instanceof TunerError) {
    return ApplicationFailure.create({
      type: error.code,
      message: error.message,
      nonRetryable: !isRetried(error.code),
      details: [error.evidence],
      cause: error,
    });
  }
  // A stopping worker asks its activities to end, not to fail: another worker goes on with them.
  if (error instanceof CancelledFailure && isWorkerStopping()) {
    return ApplicationFailure.retryable('the worker is stopping; another one goes on', 'WORKER_STOPPING');
  }
  return error;
}

/** A disk may get room again. A busy accelerator is for the workflow to wait for, which gives the place back meanwhile. */
function isRetried(code: FailureCode): boolean {
  if (code === 'ACCELERATOR_BUSY') return false;
  return failureScope(code) === 'infrastructure' || code === 'RESULTS_UNWRITABLE';
}

/** Whether the running activity was cancelled because its worker stops, and not because its workflow asked for it. */
function isWorkerStopping(): boolean {
  const { cancellationSignal } = Context.current();
  const reason: unknown = cancellationSignal.reason;
  return cancellationSignal.aborted && reason instanceof CancelledFailure && reason.message === 'WORKER_SHUTDOWN';
}
