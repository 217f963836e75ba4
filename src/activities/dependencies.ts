import type { Deployment, Endpoint, ServingBackend } from '../backends/types.js';
import type { BenchmarkRunner } from '../benchmarks/types.js';
import type { ExperimentTarget } from '../contracts/activities.js';
import type { PrefixCache, WarmUp } from '../domain/tuning/experiment.js';
import { TunerError } from '../domain/failures.js';
import type { EarlierTune } from '../domain/tuning/retry.js';
import type { TuningTask } from '../domain/task/task.schema.js';
import type { HistoryRecorder } from '../history/types.js';
import type { Optimizers } from '../optimizers/index.js';
import type { Accelerators } from '../platform/accelerators/accelerators.js';
import type { EarlierRuns } from '../platform/earlier-runs/types.js';
import type { Leftover } from '../platform/leftovers.js';
import type { EngineWatch } from '../platform/engine-metrics/watch-engine.js';
import type { Places } from '../platform/places.js';
import type { Redactor } from '../platform/redactor.js';
import type { RunStore } from '../platform/run-store.js';

/** Everything the activities need from the world; made once, in the worker. */
export interface Dependencies {
  readonly hostId: string;
  readonly hostName: string;
  readonly resultsDir: string;
  readonly store: RunStore;
  /** Where finished tunes are kept. */
  readonly history: Pick<HistoryRecorder, 'record'>;
  /** Where tunes are found from which a later one learns; the first that knows a tune is asked. */
  readonly earlierRuns: readonly EarlierRuns[];
  readonly places: Places;
  readonly accelerators: Accelerators;
  /** Takes secrets out of whatever leaves this host. */
  readonly redactor: Pick<Redactor, 'clean' | 'cleanError'>;
  /** Whether payloads are encrypted: then what cannot be is kept to a minimum. */
  readonly encrypted: boolean;
  readonly backends: Partial<Record<TuningTask['backend'], ServingBackend>>;
  readonly optimizers: Optimizers;
  readonly runners: Partial<Record<TuningTask['benchmark']['runner'], BenchmarkRunner>>;
  /** What in the state folder does not say whose it is. */
  readonly leftovers: () => Promise<readonly Leftover[]>;
  /** Whether the workflow that owns something is still open. @throws when Temporal cannot be asked. */
  readonly isOpen: (workflowId: string, runId: string) => Promise<boolean>;
  /** A tune that has ended, as Temporal's history tells it. @throws when there is none, or Temporal cannot be asked. */
  readonly earlierTune: (workflowId: string, lastRunId: string) => Promise<EarlierTune>;
  readonly warmUp: (endpoint: Endpoint, task: TuningTask, signal: AbortSignal) => Promise<WarmUp>;
  /** Makes the engine forget earlier prompts, where it offers that. */
  readonly resetPrefixCache: (endpoint: Endpoint, task: TuningTask, signal: AbortSignal) => Promise<PrefixCache>;
  /** Looks at the engine's own metrics while a load is made. @param file where it keeps what it saw, for the next worker too. */
  readonly watchEngine: (endpoint: Endpoint, file: string) => EngineWatch;
}

export function backendFor(dependencies: Pick<Dependencies, 'backends'>, task: TuningTask): ServingBackend {
  const backend = dependencies.backends[task.backend];
  if (backend) return backend;
  const offered = Object.keys(dependencies.backends).join(', ') || 'none';
  throw new TunerError(
    'BACKEND_UNAVAILABLE',
    `this worker has no serving backend '${task.backend}'; it has: ${offered}`
  );
}

export function runnerFor(dependencies: Pick<Dependencies, 'runners'>, task: TuningTask): BenchmarkRunner {
  const runner = dependencies.runners[task.benchmark.runner];
  if (runner) return runner;
  const offered = Object.keys(dependencies.runners).join(', ') || 'none';
  throw new TunerError(
    'BACKEND_UNAVAILABLE',
    `this worker has no benchmark runner '${task.benchmark.runner}'; it has: ${offered}`
  );
}

export function deploymentOf(target: ExperimentTarget): Deployment {
  const { name, task, combination, workflowId, runId, experimentId } = target;
  return { name, task, combination, owner: { workflowId, runId, experimentId, taskName: task.task_name } };
}
