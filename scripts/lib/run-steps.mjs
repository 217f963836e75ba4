/** Runs set-up steps, independent ones side by side. */
import { SetupError } from './errors.mjs';
import { createToolRunner } from './tools.mjs';

/**
 * A step that fails stops those that need it; the others finish, so that the next set-up has less to do.
 *
 * @param {import('./stamped-step.mjs').Step[]} steps those that are not done, needed ones first
 * @param {ReturnType<typeof import('./progress.mjs').createProgress>} progress
 * @param {AbortSignal} signal ends the running tools
 * @throws {SetupError} naming the steps that failed
 */
export async function runSteps(steps, progress, signal) {
  const promises = new Map();

  async function runStep(step) {
    const needed = await Promise.allSettled(step.needs().map((name) => promises.get(name)));
    if (needed.some(({ status }) => status === 'rejected')) throw new SetupError('not tried');
    progress.start(step.name, step.summary);
    try {
      const detail = await step.run({ run: createToolRunner(step.name, signal) });
      progress.done(step.name, typeof detail === 'string' ? detail : 'ready');
    } catch (error) {
      if (!signal.aborted) progress.failed(step.name, error instanceof SetupError ? error.message : error.stack);
      throw error;
    }
  }

  for (const step of steps) promises.set(step.name, runStep(step));
  const results = await Promise.allSettled(promises.values());
  signal.throwIfAborted();
  const failed = steps.filter((_, index) => results[index].status === 'rejected').map((step) => step.name);
  if (failed.length > 0) throw new SetupError(`set-up is not complete: ${failed.join(', ')}`);
}
