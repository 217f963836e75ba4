import type { Combination } from '../domain/space/combination.js';
import type { Leak } from '../domain/tuning/experiment.js';
import type { TunerError } from '../domain/failures.js';
import type { TuningTask } from '../domain/task/task.schema.js';

/** Who an engine belongs to. Written into every object that a backend creates, so that the reaper can tell whose it is. */
export interface Owner {
  readonly workflowId: string;
  readonly runId: string;
  readonly taskName: string;
  readonly experimentId: number;
}

/** One engine to be deployed. */
export interface Deployment {
  /** DNS-safe and unique to this attempt of this experiment: see domain/names.ts. */
  readonly name: string;
  readonly owner: Owner;
  readonly task: TuningTask;
  readonly combination: Combination;
}

/** Where and how a deployed engine is reached. */
export interface Endpoint {
  /** Without a trailing slash and without `/v1`. */
  readonly baseUrl: string;
  readonly modelName: string;
  /** The file with the throw-away key of this engine, never the key itself; null where it asks for none. */
  readonly apiKeyFile: string | null;
  /** Where the engine is in a cluster, for load that is made there. */
  readonly inCluster?: { readonly namespace: string; readonly name: string; readonly url: string };
}

/** When the way to the engine was broken, so that what was being measured is not to be trusted. Milliseconds since the epoch. */
export interface Disturbance {
  readonly atMs: number;
  /** Without it the way was there again at once. */
  readonly untilMs?: number | undefined;
  readonly reason: string;
}

/** What runs, once it serves. */
export interface EngineInfo {
  readonly engine: string;
  readonly version: string;
  /** Which model file it serves: path, size and time of change where it is a file. */
  readonly model: string;
  /** The command line that starts the same engine by hand. */
  readonly command: readonly string[];
  /** What it runs on: `8 x Some Processor, 64 GiB; 2 x Some Accelerator, 80 GiB`. Absent where nobody can tell. */
  readonly hardware?: string;
}

/** Something of ours that still exists. */
export interface Owned {
  readonly name: string;
  readonly kind: string;
  readonly owner: Owner;
  /** Milliseconds since the epoch. */
  readonly createdAtMs: number;
  /** Whether something of it still runs, as opposed to files left behind. */
  readonly alive: boolean;
  /** It lives at least until then, whatever Temporal says: another installation may own it. Milliseconds since the epoch. */
  readonly expiresAtMs?: number;
}

/** The accelerators of a host, as far as its engines are concerned. */
export interface HostAccelerators {
  /**
   * Starts an engine once the devices of its attempt's place are clear and no other worker of this machine uses them.
   * @param request.needed how many the engine needs, where that is known.
   * @param request.only numbers or UUIDs of the only ones that it may have.
   * @param start is given the environment variables that keep the engine to them.
   * @throws TunerError ACCELERATOR_BUSY when too few get clear; the signal's reason.
   */
  startOn<T>(
    request: {
      readonly name: string;
      readonly needed: number | null;
      readonly only?: readonly string[] | undefined;
      readonly limitMs: number;
      readonly signal?: AbortSignal | undefined;
    },
    start: (variables: Readonly<Record<string, string>>) => Promise<T>
  ): Promise<T>;
  /** Waits until an ended engine's devices are clear. @returns those that do not get so: they are set aside. */
  settle(name: string, signal?: AbortSignal): Promise<readonly Leak[]>;
  /** The accelerators of an attempt's place, for people: `2 x Some Accelerator, 80 GiB`; empty where there are none. */
  describe(name: string): string;
}

/** What of ours still exists, and what could not be looked at. */
export interface OwnedList {
  readonly owned: readonly Owned[];
  /** For people: `pods in the namespace x: cannot list pods ...`. */
  readonly problems: readonly string[];
}

export interface Watching {
  /** Cancels the wait. Its reason is rethrown. */
  readonly signal: AbortSignal;
  /** Called whenever there is something new to say. */
  readonly onProgress: (message: string) => void;
}

/**
 * Port: where engines run. Every method is idempotent: a worker may die in the middle of it and another call takes its place.
 * Failures are `TunerError`s with a code; anything else counts as infrastructure and is retried.
 */
export interface ServingBackend {
  readonly name: TuningTask['backend'];
  /**
   * Starts the engine, or adopts the one that an earlier call started under this name.
   * @param onProgress called when what takes long, such as pulling an image, has something new to say.
   */
  deploy(deployment: Deployment, signal: AbortSignal, onProgress?: (message: string) => void): Promise<void>;
  /**
   * Waits until a real completion request succeeds. An engine that exits is reported at once.
   * @throws TunerError ENGINE_START_TIMEOUT after `timeoutMs` since the engine's start.
   */
  waitUntilServing(deployment: Deployment, timeoutMs: number, watching: Watching): Promise<EngineInfo>;
  endpoint(deployment: Deployment): Promise<Endpoint>;
  /** Why the engine is no longer there, or null while it is. Used when a benchmark fails to tell whose fault it was. */
  diagnose(deployment: Deployment): Promise<TunerError | null>;
  /**
   * Waits until the engine has ended. Absent where nobody tells: then it is noticed by requests that fail.
   * @throws the reason of `signal`.
   */
  untilEnded?(deployment: Deployment, signal: AbortSignal): Promise<void>;
  /** When the way to the engine was broken since it was deployed. */
  disturbances(deployment: Deployment): Promise<readonly Disturbance[]>;
  /** Makes the way to the engine again if it has broken down; called every few seconds while work on the engine lasts. */
  mend(deployment: Deployment): Promise<void>;
  /** Says that the deployment is still wanted; called about every minute while it is. */
  renew(deployment: Deployment): Promise<void>;
  /**
   * Takes everything of this deployment down and verifies that it is gone; nothing to do is a success.
   * @param signal ends a wait for accelerators when the worker stops; the next worker goes on with it.
   * @returns what is still there after a reasonable wait, so that the tune goes on with what is left.
   */
  tearDown(name: string, keepLogIn: string | null, signal?: AbortSignal): Promise<readonly Leak[]>;
  /** What one part of the world would not say is a problem in the answer, so that the rest is known all the same. */
  listOwned(): Promise<OwnedList>;
}
