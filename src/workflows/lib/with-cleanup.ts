import { CancellationScope } from '@temporalio/workflow';

/**
 * Runs `body` and then, whatever happens to it, `cleanup`, which no cancellation can interrupt. The cleanup is armed before the
 * body begins: what `body` creates may exist although its call never returned.
 */
export async function withCleanup<T>(body: () => Promise<T>, cleanup: () => Promise<void>): Promise<T> {
  try {
    return await body();
  } finally {
    await CancellationScope.nonCancellable(cleanup);
  }
}
