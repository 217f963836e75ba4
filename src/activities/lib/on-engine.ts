/** What goes on beside the work on an engine. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { Deployment, ServingBackend } from '../../backends/types.js';
import type { ExperimentTarget } from '../../contracts/activities.js';
import { backendFor, deploymentOf, type Dependencies } from '../dependencies.js';
import { withHeartbeat } from './heartbeat.js';

const RENEW_EVERY_MS = 60_000;
/** A request that meets no way to the engine has failed: the sooner there is one again, the fewer do. */
const MEND_EVERY_MS = 1000;

/** Work on an engine that is wanted: its lease is renewed, and the way to it mended, for as long as the work lasts. */
export function onEngine<T>(
  dependencies: Dependencies,
  target: ExperimentTarget,
  work: (
    backend: ServingBackend,
    deployment: Deployment,
    signal: AbortSignal,
    say: (detail: unknown) => void
  ) => Promise<T>
): Promise<T> {
  return withHeartbeat(dependencies, async (signal, say) => {
    const backend = backendFor(dependencies, target.task);
    const deployment = deploymentOf(target);
    const context = Context.current();
    const renew = (): void =>
      // The next one will do: a lease lasts many times longer.
      void backend
        .renew(deployment)
        .catch((error: unknown) => void context.log.warn('cannot renew the lease', { error }));
    const timer = setInterval(renew, RENEW_EVERY_MS);
    const ended = new AbortController();
    const mending = mend(
      () => backend.mend(deployment),
      (error) => void context.log.warn('cannot mend the way to the engine', { error }),
      ended.signal
    );
    try {
      return await work(backend, deployment, signal, say);
    } finally {
      clearInterval(timer);
      ended.abort();
      await mending;
    }
  });
}

/** One that fails is tried again soon. @returns when the signal has fired and nothing is under way any more. */
async function mend(work: () => Promise<void>, onError: (error: unknown) => void, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(MEND_EVERY_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      await work();
    } catch (error) {
      onError(error);
    }
  }
}
