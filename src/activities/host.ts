import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Context } from '@temporalio/activity';
import type { Deployment, ServingBackend } from '../backends/types.js';
import type { BenchmarkSummary, ExperimentTarget, HostActivities, PlacesActivities } from '../contracts/activities.js';
import { benchmarkSeconds, startSeconds } from '../contracts/policies.js';
import { TunerError } from '../domain/failures.js';
import { loadsOf } from '../domain/measurement.js';
import { backendFor, deploymentOf, runnerFor, type Dependencies } from './dependencies.js';
import { withHeartbeat } from './lib/heartbeat.js';
import { reapOrphans } from './reap-orphans.js';
import { isWorkerStopping } from './lib/to-application-failure.js';

/** Claiming a place on this host. */
export function createPlacesActivities(dependencies: Dependencies): PlacesActivities {
  return {
    async claimPlace(target) {
      await dependencies.places.claim(target.name, target);
      return { hostId: dependencies.hostId, hostName: dependencies.hostName };
    },
  };
}

/** What is bound to this host: the engine's life. */
export function createHostActivities(dependencies: Dependencies): HostActivities {
  return {
    deploy: (target) =>
      withHeartbeat(dependencies, (signal) =>
        backendFor(dependencies, target.task).deploy(deploymentOf(target), signal)
      ),

    waitUntilServing: (target) =>
      onEngine(dependencies, target, (backend, deployment, signal, onProgress) =>
        backend.waitUntilServing(deployment, startSeconds(target.task) * 1000, { signal, onProgress })
      ),

    warmUp: (target) =>
      onEngine(dependencies, target, async (backend, deployment, signal) => {
        try {
          await dependencies.warmUp(await backend.endpoint(deployment), target.task, signal);
        } catch (error) {
          throw await blame(error, () => backend.diagnose(deployment));
        }
      }),

    runBenchmark: (target) =>
      onEngine(dependencies, target, async (backend, deployment, signal, say): Promise<BenchmarkSummary> => {
        const { task } = target;
        const dir = await dependencies.store.experimentDir(runOf(target), target.experimentId);
        const loadAverage = loadavg()[0] ?? 0;
        try {
          const result = await runnerFor(dependencies, task).run(
            {
              name: target.name,
              owner: deployment.owner,
              endpoint: await backend.endpoint(deployment),
              benchmark: task.benchmark,
              ome: task.ome,
              disturbances: () => backend.disturbances(deployment),
              loads: loadsOf(task.benchmark),
              outputDir: join(dir, 'benchmark'),
              timeoutMs: benchmarkSeconds(task) * 1000,
            },
            { signal, leaveRunning: isWorkerStopping, onProgress: say }
          );
          return {
            measurements: result.measurements,
            toolVersion: result.toolVersion,
            toolSeconds: result.toolSeconds,
            artifactsUri: dependencies.store.uriOf(dir),
            loadAverage,
          };
        } catch (error) {
          throw await blame(error, () => backend.diagnose(deployment));
        }
      }),

    tearDown: (target) =>
      withHeartbeat(dependencies, async (signal) => {
        // Where the backend or the runner is not offered, nothing of ours can be, and the place must still be given back.
        const { backend, benchmark } = target.task;
        const stopped = (await dependencies.runners[benchmark.runner]?.stop(target.name)) ?? [];
        // Where the folder cannot be made there is nowhere to keep a log; the engine must go all the same.
        const dir = await dependencies.store.experimentDir(runOf(target), target.experimentId).catch(() => null);
        const left = (await dependencies.backends[backend]?.tearDown(target.name, dir, signal)) ?? [];
        await dependencies.places.release(target.name);
        return { leaks: [...stopped, ...left] };
      }),

    reapOrphans: ({ dryRun }) => withHeartbeat(dependencies, () => reapOrphans(dependencies, dryRun)),
  };
}

const RENEW_EVERY_MS = 60_000;
/** A request that meets no way to the engine has failed: the sooner there is one again, the fewer do. */
const MEND_EVERY_MS = 1000;

/** Work on an engine that is wanted: its lease is renewed, and the way to it mended, for as long as the work lasts. */
function onEngine<T>(
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
      (error) => context.log.warn('cannot mend the way to the engine', { error }),
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
    if (!signal.aborted) await work().catch(onError);
  }
}

/** A failed benchmark may be the engine's fault: if the engine is gone or hangs, that is what happened. */
async function blame(error: unknown, diagnose: () => Promise<TunerError | null>): Promise<unknown> {
  if (!(error instanceof TunerError)) return error;
  return (await diagnose()) ?? error;
}

function runOf(target: ExperimentTarget): { taskName: string; runId: string } {
  return { taskName: target.task.task_name, runId: target.tuneRunId };
}
