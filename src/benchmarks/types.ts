import type { Disturbance, Endpoint, Owner } from '../backends/types.js';
import type { Leak } from '../domain/tuning/experiment.js';
import type { LoadWindow } from '../domain/loads/engine-metrics.js';
import type { Load } from '../domain/loads/load.js';
import type { Measurement } from '../domain/loads/measurement.js';
import type { TuningTask } from '../domain/task/task.schema.js';

/** One benchmark of one engine. */
export interface BenchmarkRequest {
  /** Unique to this step of this attempt of this experiment; a second call with the same name goes on with the first one's process. */
  readonly name: string;
  readonly owner: Owner;
  readonly endpoint: Endpoint;
  readonly benchmark: TuningTask['benchmark'];
  /** The task's settings for load that is made in the cluster. */
  readonly ome: TuningTask['ome'];
  /** When the way from this host to the engine was broken. */
  readonly disturbances: () => Promise<readonly Disturbance[]>;
  /** Called when its turn has come, right before the load begins; not where an earlier call has begun it. */
  readonly beforeLoad: () => Promise<void>;
  /** Every scenario among them at every level among them; all of one kind. */
  readonly loads: readonly Load[];
  /** A folder of this machine for the raw output; made if missing. */
  readonly outputDir: string;
  readonly timeoutMs: number;
}

export interface BenchmarkProgress {
  readonly finishedLoads: number;
  readonly totalLoads: number;
  readonly message: string;
  /** The load has not begun: another benchmark runs on this host. */
  readonly isWaiting?: true;
}

export interface BenchmarkResult {
  readonly measurements: readonly Measurement[];
  /** When each of them was made, in the same order. */
  readonly windows: readonly LoadWindow[];
  readonly toolVersion: string;
  /** Seconds of the whole call. */
  readonly totalSeconds: number;
  /** The part of it in which no load ran: the tool's start, pauses and reports. */
  readonly toolSeconds: number;
}

export interface RunOptions {
  /**
   * Ends the call, and not the benchmark: whether another attempt picks it up, or the experiment is over, is not known here. A worker that
   * was held up for long learns only afterwards that its attempt has been given to somebody else. `stop` ends the benchmark.
   */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: BenchmarkProgress) => void;
}

/** Port: who makes the load. */
export interface BenchmarkRunner {
  readonly name: TuningTask['benchmark']['runner'];
  /**
   * Measures every load, or picks up the process that an earlier call with the same name has started.
   * @throws TunerError LOAD_FAILED, BENCHMARK_FAILED, BENCHMARK_TIMEOUT, TOKENIZER_NOT_FOUND, BENCHMARK_TOOL_NOT_FOUND.
   */
  run(request: BenchmarkRequest, options: RunOptions): Promise<BenchmarkResult>;
  /** Ends whatever runs under this name and removes its lease; nothing to do is a success. @returns what is still there. */
  stop(name: string): Promise<readonly Leak[]>;
}
