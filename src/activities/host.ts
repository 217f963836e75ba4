import { loadavg } from 'node:os';
import { join } from 'node:path';
import type {
  BenchmarkSummary,
  BenchmarkTarget,
  ExperimentTarget,
  HostActivities,
  PlacesActivities,
} from '../contracts/activities.js';
import { withPrefixCache } from '../benchmarks/prefix-cache.js';
import type { BenchmarkResult } from '../benchmarks/types.js';
import { benchmarkSeconds, startSeconds } from '../contracts/policies.js';
import { summarizeReadings, type EngineReading } from '../domain/loads/engine-metrics.js';
import type { Measurement } from '../domain/loads/measurement.js';
import type { Leak } from '../domain/tuning/experiment.js';
import { TunerError } from '../domain/failures.js';
import { stepName } from '../domain/names.js';
import { inSpan } from '../platform/tracing.js';
import type { EngineWatch } from '../platform/engine-metrics/watch-engine.js';
import { backendFor, deploymentOf, runnerFor, type Dependencies } from './dependencies.js';
import { withHeartbeat } from './lib/heartbeat.js';
import { notedPrefixCache, notePrefixCache } from './lib/prefix-note.js';
import { onEngine } from './lib/on-engine.js';
import { whileItRuns } from './lib/while-it-runs.js';
import { reapOrphans } from './reap-orphans.js';

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
      withHeartbeat(dependencies, (signal, say) =>
        backendFor(dependencies, target.task).deploy(deploymentOf(target), signal, say)
      ),

    waitUntilServing: (target) =>
      onEngine(dependencies, target, (backend, deployment, signal, onProgress) =>
        backend.waitUntilServing(deployment, startSeconds(target.task) * 1000, { signal, onProgress })
      ),

    warmUp: (target) =>
      onEngine(dependencies, target, async (backend, deployment, signal) => {
        const before = await backend.disturbances(deployment);
        try {
          return await dependencies.warmUp(await backend.endpoint(deployment), target.task, signal);
        } catch (error) {
          const cause = await blame(error, () => backend.diagnose(deployment));
          const [broken] = (await backend.disturbances(deployment)).slice(before.length);
          // Nothing has been measured yet, so that it costs nothing to try again; an engine that is at fault has a cause of its own.
          if (broken && cause === error) throw new Error(`the way to the engine broke: ${broken.reason}`, { cause });
          throw cause;
        }
      }),

    runBenchmark: (target) =>
      onEngine(dependencies, target, async (backend, deployment, signal, say): Promise<BenchmarkSummary> => {
        const { task, step } = target;
        const dir = await dependencies.store.experimentDir(runOf(target), target.experimentId);
        const outputDir = join(dir, stepName('benchmark', step.number));
        const loadAverage = loadavg()[0] ?? 0;
        const noted = join(dir, `${stepName('engine-metrics', step.number)}.jsonl`);
        let watch: EngineWatch | null = null;
        try {
          const endpoint = await backend.endpoint(deployment);
          const watching = (watch = dependencies.watchEngine(endpoint, noted));
          const request = {
            name: stepName(target.name, step.number),
            owner: deployment.owner,
            endpoint,
            benchmark: withPrefixCache(task),
            ome: task.ome,
            disturbances: () => backend.disturbances(deployment),
            beforeLoad: async () =>
              notePrefixCache(outputDir, await dependencies.resetPrefixCache(endpoint, task, signal)),
            loads: step.loads,
            outputDir,
            timeoutMs: benchmarkSeconds(task, { starts: 1, loads: step.loads.length }) * 1000,
          };
          const result = await whileItRuns(backend, deployment, signal, (stop) =>
            inSpan(`load by ${task.benchmark.runner}`, spanAttributes(target), () =>
              runnerFor(dependencies, task).run(request, {
                signal: stop,
                onProgress: (progress) => {
                  // An engine that waits for its turn has nothing to tell, and whoever is measured meanwhile wants the host for itself.
                  if (!progress.isWaiting) watching.begin();
                  say(progress);
                },
              })
            )
          );
          return {
            measurements: withEngineMetrics(result, await watching.end()),
            toolVersion: result.toolVersion,
            toolSeconds: result.toolSeconds,
            artifactsUri: dependencies.store.uriOf(dir),
            loadAverage,
            prefixCache: await notedPrefixCache(outputDir),
          };
        } catch (error) {
          throw await blame(error, () => backend.diagnose(deployment));
        } finally {
          await watch?.stop();
        }
      }),

    tearDown: (target) =>
      withHeartbeat(dependencies, async (signal) => {
        // Where the backend or the runner is not offered, nothing of ours can be, and the place must still be given back.
        const { backend, benchmark } = target.task;
        const stopped: Leak[] = [];
        for (let step = 1; step <= Math.max(1, target.steps); step++)
          stopped.push(...((await dependencies.runners[benchmark.runner]?.stop(stepName(target.name, step))) ?? []));
        // Where the folder cannot be made there is nowhere to keep a log; the engine must go all the same.
        const dir = await dependencies.store.experimentDir(runOf(target), target.experimentId).catch(() => null);
        const left = (await dependencies.backends[backend]?.tearDown(target.name, dir, signal)) ?? [];
        await dependencies.places.release(target.name);
        return { leaks: [...stopped, ...left] };
      }),

    reapOrphans: ({ dryRun }) => withHeartbeat(dependencies, () => reapOrphans(dependencies, dryRun)),
  };
}

/** What the engine said while each load was made, beside what was measured of it. */
function withEngineMetrics(
  { measurements, windows }: BenchmarkResult,
  readings: readonly EngineReading[]
): Measurement[] {
  return measurements.map((measurement, i) => {
    const window = windows[i];
    const metrics = window ? summarizeReadings(readings, window) : null;
    return metrics ? { ...measurement, engine_metrics: metrics } : measurement;
  });
}

/** A failed benchmark may be the engine's fault: if the engine is gone or hangs, that is what happened. */
async function blame(error: unknown, diagnose: () => Promise<TunerError | null>): Promise<unknown> {
  if (!(error instanceof TunerError)) return error;
  return (await diagnose()) ?? error;
}

/** What a trace says of a benchmark: names and numbers alone. */
function spanAttributes({ task, experimentId, step }: BenchmarkTarget): Record<string, string | number> {
  return {
    'autotuner.task': task.task_name,
    'autotuner.experiment': experimentId,
    'autotuner.step': step.number,
    'autotuner.loads': step.loads.length,
  };
}

function runOf(target: ExperimentTarget): { taskName: string; runId: string } {
  return { taskName: target.task.task_name, runId: target.tuneRunId };
}
