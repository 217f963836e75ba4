import { Context } from '@temporalio/activity';
import type { Dependencies } from '../dependencies.js';
import { toApplicationFailure } from './to-application-failure.js';

/** Well below the heartbeat timeout in contracts/policies.ts, and often enough that a cancellation arrives soon. */
const EVERY_MS = 1000;

/**
 * Runs the work of an activity with a heartbeat from a timer, so that the server notices when the worker dies and the work notices when it
 * is cancelled. Errors are mapped for Temporal; what is said, returned or thrown leaves this host without secrets.
 * @param work gets the cancellation signal and a function that says what is going on.
 */
export async function withHeartbeat<T>(
  { redactor }: Pick<Dependencies, 'redactor'>,
  work: (signal: AbortSignal, say: (detail: unknown) => void) => Promise<T>
): Promise<T> {
  const context = Context.current();
  let detail: unknown = null;
  const beat = (): void => context.heartbeat(detail);
  beat();
  const timer = setInterval(beat, EVERY_MS);
  try {
    const result = await work(context.cancellationSignal, (next) => {
      detail = redactor.clean(next);
    });
    return redactor.clean(result);
  } catch (error) {
    throw toApplicationFailure(redactor.cleanError(error));
  } finally {
    clearInterval(timer);
  }
}
