/** What workflows ask of the world. Interfaces only: the implementations are in src/activities. */
import type { Ended } from '../domain/budget/ended.js';
import type { Combination } from '../domain/space/combination.js';
import type { ExperimentOutcome, Leak, PrefixCache, WarmUp } from '../domain/tuning/experiment.js';
import type { Load } from '../domain/loads/load.js';
import type { Measurement } from '../domain/loads/measurement.js';
import type { KnownTune } from '../domain/reuse/known.js';
import type { Reuse, ReuseState } from '../domain/reuse/reuse.js';
import type { Observed } from '../domain/tuning/observation.js';
import type { TuningTask } from '../domain/task/task.schema.js';
import type { TuneResult } from '../domain/results/tune-result.js';
import type { KeptSummary, Planned } from '../domain/tuning/tuning-state.js';
import type { FinalsState } from '../domain/verdict/finals-state.js';
import type { PlannedFinal, Verdict } from '../domain/verdict/verdict.js';

/** One attempt of one experiment on one host: the argument of every host-bound activity. */
export interface ExperimentTarget {
  readonly name: string;
  readonly workflowId: string;
  readonly runId: string;
  /** The first run's id of the tune it belongs to. */
  readonly tuneRunId: string;
  readonly experimentId: number;
  readonly task: TuningTask;
  readonly combination: Combination;
}

/** One start of the load generator within an experiment. */
export interface BenchmarkTarget extends ExperimentTarget {
  readonly step: {
    /** From 1. */
    readonly number: number;
    readonly loads: readonly Load[];
  };
}

export interface TearDownTarget extends ExperimentTarget {
  /** How many steps were begun: each may have left a load generator. */
  readonly steps: number;
}

/** A place on a host: held until `tearDown`. */
export interface Place {
  readonly hostId: string;
  readonly hostName: string;
}

export interface ServingEngine {
  readonly engine: string;
  readonly version: string;
  readonly model: string;
  readonly command: readonly string[];
  /** What it runs on; absent where nobody can tell. */
  readonly hardware?: string;
}

export interface BenchmarkSummary {
  readonly measurements: readonly Measurement[];
  readonly toolVersion: string;
  readonly toolSeconds: number;
  readonly artifactsUri: string;
  readonly loadAverage: number;
  readonly prefixCache: PrefixCache;
}

export interface SuggestInput {
  readonly task: TuningTask;
  /** Where the last suggestions ended; 0 at first. */
  readonly cursor: number;
  /** The most combinations to return; 0 asks who leads, and for nothing else. */
  readonly count: number;
  /** For strategies that learn; absent for the others. */
  readonly history?: SearchHistory;
}

/** What a suggestion depends on: nothing else, in no other process, is remembered. */
export interface SearchHistory {
  /** The most experiments of the search that there will be; 0 where it may end sooner. */
  readonly budget: number;
  readonly observations: readonly Observed[];
  /** Numbers of the combinations that are planned or running, and of those that taught nothing. */
  readonly pending: readonly number[];
  /** What earlier tunes have learned, the oldest first; absent where nothing is reused. */
  readonly known?: readonly KnownTune[];
}

export interface SuggestOutput {
  readonly combinations: readonly Combination[];
  /** The number of each in the search space; absent in histories of earlier versions. */
  readonly indices?: readonly number[];
  readonly cursor: number;
  readonly exhausted: boolean;
  /** How much better than the best so far the first is expected to be, as a share of it; absent where nothing can be said. */
  readonly expectedImprovement?: number;
  /** Numbers of the best so far by a model, the best first; absent without one, and where something else was asked for. */
  readonly leaders?: readonly number[];
}

/** Which tune the results belong to. */
export interface TuneIdentity {
  readonly workflowId: string;
  /** The first run's id: the same through continue-as-new. */
  readonly runId: string;
  readonly taskName: string;
}

export interface WriteResultsInput {
  readonly tune: TuneIdentity;
  readonly task: TuningTask;
  readonly elapsedSeconds: number;
  /** Without pauses. */
  readonly activeSeconds: number;
  /** Milliseconds since the epoch. */
  readonly finishedAtMs: number;
  readonly stopped: boolean;
  /** Why nothing more was measured. */
  readonly ended: Ended;
  /** The first run's id of the tune whose failed experiments this one repeats. */
  readonly retryOf?: string;
  /** What the tune has learned from earlier ones. */
  readonly reuse?: ReuseState;
}

/** What to run again: the experiments of an earlier run of the same workflow that failed or were lost. */
export interface RetryRequest {
  /** The last run's id where it continued as new. */
  readonly runId: string;
  /** Only those with one of these failure codes, or `cancelled` or `lost`; all when empty or absent. */
  readonly codes?: readonly string[];
}

export interface RetryInput {
  readonly tune: TuneIdentity;
  readonly retry: RetryRequest;
}

export interface OpenRetryInput extends RetryInput {
  readonly task: TuningTask;
}

/** What a retry starts with. Outcomes stay in the store, however many they are. */
export interface RetryStart extends KeptSummary {
  /** The earlier tune's first run. */
  readonly of: string;
  /** How many experiments are run again. */
  readonly again: number;
  /** The first number that none of them has. */
  readonly nextExperimentId: number;
}

export interface SuggestAgainInput extends RetryInput {
  readonly cursor: number;
  readonly count: number;
}

export interface SuggestAgainOutput {
  readonly experiments: readonly Planned[];
  readonly cursor: number;
  readonly exhausted: boolean;
}

export interface FinalsInput {
  readonly task: TuningTask;
  readonly finals: FinalsState;
  /** There are no more rounds than there were: the verdict is on these. */
  readonly isLast?: boolean;
}

/** What the finals need next, or the verdict: one of both. */
export interface FinalsOutput {
  readonly experiments: readonly PlannedFinal[];
  readonly verdict: Verdict | null;
}

/** The completed task. */
export type PreparedTask = TuningTask & {
  /** The model's name is not for search attributes, which are stored in clear. */
  readonly encrypted?: true;
  /** How many combinations the constraints leave, in a large space about so many. */
  readonly allowed?: number;
};

/** On the control queue. */
export interface ControlActivities {
  /** Parses and completes the task file. @throws INVALID_TASK with every error at once. */
  prepareTask(taskFile: unknown): Promise<PreparedTask>;
  /**
   * Leaves the task for later tunes, and looks for what earlier ones have learned: at most 5 tunes and 300 observations, about 25 kB. Null
   * where the task does not want it, or has no use for it.
   */
  openTune(input: { tune: TuneIdentity; task: TuningTask }): Promise<Reuse | null>;
  suggest(input: SuggestInput): Promise<SuggestOutput>;
  /**
   * Asked when the search is over, and after each round of the finals. An activity, although it computes only: what was decided stays
   * decided in the history, whatever a later version would say.
   */
  planFinals(input: FinalsInput): Promise<FinalsOutput>;
  /** Gives a retry the outcomes of the earlier run, each of which stays until its experiment has a new one. */
  openRetry(input: OpenRetryInput): Promise<RetryStart>;
  /** The next experiments to be run again, with the numbers that they had. */
  suggestAgain(input: SuggestAgainInput): Promise<SuggestAgainOutput>;
  /** Stores an outcome; storing it twice is the same as once. */
  recordOutcome(input: { tune: TuneIdentity; outcome: ExperimentOutcome }): Promise<void>;
  writeResults(input: WriteResultsInput): Promise<TuneResult>;
  /** Keeps the same results in the history of tunes; doing it twice is the same as once. Of a tune without outcomes nothing is kept. */
  recordTune(input: WriteResultsInput): Promise<void>;
}

/** On the places queue. */
export interface PlacesActivities {
  claimPlace(target: ExperimentTarget): Promise<Place>;
}

/** On a host's own queue. */
export interface HostActivities {
  deploy(target: ExperimentTarget): Promise<void>;
  waitUntilServing(target: ExperimentTarget): Promise<ServingEngine>;
  warmUp(target: ExperimentTarget): Promise<WarmUp>;
  /** Waits for this host's load generator: one benchmark at a time. Goes on with what an earlier call of the same step has started. */
  runBenchmark(target: BenchmarkTarget): Promise<BenchmarkSummary>;
  tearDown(target: TearDownTarget): Promise<TearDownReport>;
  reapOrphans(input: { dryRun: boolean }): Promise<ReapReport>;
}

/** What is still there after a reasonable wait. */
export interface TearDownReport {
  readonly leaks: readonly Leak[];
}

export interface ReapReport {
  readonly hostId: string;
  readonly examined: number;
  readonly removed: readonly { readonly name: string; readonly kind: string; readonly reason: string }[];
  /** What could not be looked at or taken down, one sentence each, at most fifty. The next turn tries again. */
  readonly problems: readonly string[];
}
