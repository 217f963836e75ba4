import { ApplicationFailure, CancellationScope, isCancellation, sleep } from '@temporalio/workflow';

/** Cancels `body` after the limit and reports it as an experiment's failure; a cancellation from outside stays one. */
export async function withTimeLimit<T>(seconds: number, body: () => Promise<T>): Promise<T> {
  const scope = new CancellationScope();
  let expired = false;
  const timer = new CancellationScope();
  const watch = timer
    .run(async () => {
      await sleep(seconds * 1000);
      expired = true;
      scope.cancel();
    })
    .catch(() => undefined);
  try {
    return await scope.run(body);
  } catch (error) {
    if (expired && isCancellation(error)) {
      throw ApplicationFailure.nonRetryable(`the experiment took longer than ${seconds} s`, 'EXPERIMENT_TIMEOUT');
    }
    throw error;
  } finally {
    timer.cancel();
    await watch;
  }
}
