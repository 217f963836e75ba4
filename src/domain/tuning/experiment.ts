import type { Combination } from '../space/combination.js';
import type { FailureCode } from '../failures.js';
import type { EndedEarly, MaxLoad } from '../loads/load-step.js';
import type { Measurement } from '../loads/measurement.js';
import type { SloReport } from '../scoring/slo.js';

/** Where an experiment stands. */
export type Phase = 'queued' | 'deploying' | 'starting' | 'warming-up' | 'benchmarking' | 'tearing-down' | 'done';

/** Why an experiment is run: to search, as what the winner is compared with, or to measure one of these again. */
export interface Role {
  /** Absent: search. */
  readonly role?: 'baseline' | 'final' | undefined;
  /** Of a final: the experiment whose combination is measured again; 0 is the baseline. */
  readonly of?: number | undefined;
  /** Of a final, from 1. */
  readonly round?: number | undefined;
  /** Of a final: who takes part in its round, so that the outcomes alone tell whom the verdict is about. */
  readonly among?: readonly number[] | undefined;
}

export type OutcomeStatus = 'succeeded' | 'infeasible' | 'failed' | 'cancelled';

/** Why an experiment failed: the code, one sentence, and the lines that show it. */
export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
  readonly evidence: readonly string[];
}

/** Seconds spent per phase. `benchmark_tool` is the part of `benchmarking` in which no load ran: the tool's own start and reports. */
export interface PhaseTimings {
  readonly queued: number;
  readonly deploying: number;
  readonly starting: number;
  readonly warming_up: number;
  readonly benchmarking: number;
  readonly benchmark_tool: number;
  readonly tearing_down: number;
  readonly total: number;
}

/** What ran, so that the numbers can be understood and repeated later. */
export interface Provenance {
  readonly host: string;
  readonly engine: string;
  readonly engine_version: string;
  /** Path, size and time of change of the model's file; its name where it is none. */
  readonly model: string;
  readonly benchmark_version: string;
  /** Processors, memory and accelerators of the engine; absent where nobody can tell. */
  readonly hardware?: string | undefined;
  /** The command line that starts this configuration by hand: `null` where the backend has none. */
  readonly command: readonly string[] | null;
  /** Mean load of the machine (1 minute) before the measurement, in runnable processes. */
  readonly load_average: number;
  /** What the warm-up took. */
  readonly warm_up?: WarmUp;
  /** What the engine still knew of earlier prompts when its measurement began. */
  readonly prefix_cache?: PrefixCache;
}

/** The requests before the measurement. */
export interface WarmUp {
  readonly requests: number;
  readonly seconds: number;
  /** Whether their latency had become steady; absent where that was not asked for. */
  readonly steady?: boolean;
}

/**
 * `reset`: emptied before every start of the load generator. `off`: the engine was told not to use it. `kept`: the task wants it so.
 * `not-reset`: this engine, or the way in which it was started, offers nothing to empty it with.
 */
export type PrefixCache = 'reset' | 'off' | 'kept' | 'not-reset';

/** Something of ours that could not be taken down. */
export interface Leak {
  readonly kind: string;
  readonly name: string;
  readonly reason: string;
  /** What a person can run to see to it. */
  readonly command: string;
}

/** How an experiment ended, and what it measured: data, never an exception. Small enough for the workflow history. */
export interface ExperimentOutcome extends Role {
  /** 0 is the baseline; the search begins with 1. */
  readonly experimentId: number;
  readonly combination: Combination;
  readonly status: OutcomeStatus;
  /** By the first objective; lower is better. Null unless it was measured, or ended early with something to estimate it from. */
  readonly score: number | null;
  /** One per objective, the first of which is `score`; absent unless it was measured. */
  readonly scores?: readonly number[] | undefined;
  /** The scores are ratios to the baseline's values; absent when they are values. */
  readonly relative?: boolean | undefined;
  /** The score is a logarithm, as of a weighted objective; absent when it is not. */
  readonly logarithmic?: boolean | undefined;
  /** Absent unless it was measured and the task has SLOs. */
  readonly slo?: SloReport | undefined;
  /** Absent where the task has no `cost`. */
  readonly accelerators?: number | undefined;
  readonly measurements: readonly Measurement[];
  readonly failure: Failure | null;
  readonly timings: PhaseTimings;
  readonly provenance: Provenance | null;
  /** Where the raw output is. */
  readonly artifactsUri: string | null;
  /** How many hosts took it; above 1 when a host was lost. */
  readonly attempts: number;
  /** Present when it did not measure all its loads: then it is infeasible, and its score is an estimate. */
  readonly endedEarly?: EndedEarly;
  /** Present where the objective is the highest load. */
  readonly maxLoad?: MaxLoad;
  /** What its tear-down left; absent when nothing. */
  readonly leaks?: readonly Leak[];
}

/** What an experiment tells its tune: the outcome, and why it could not be stored if so. It is in the history in any case. */
export interface ExperimentReport {
  readonly outcome: ExperimentOutcome;
  readonly unrecorded: Failure | null;
}

/** The role alone, of anything that has one. */
export function roleOf({ role, of, round, among }: Role): Role {
  if (role === 'final') return { role, of, round, ...(among ? { among } : {}) };
  return role ? { role } : {};
}

/** `baseline`, `round 2 of [3]`; null for the search. */
export function describeRole({ role, of, round }: Role): string | null {
  if (role === 'baseline') return 'baseline';
  return role === 'final' ? `round ${round} of ${of === 0 ? 'the baseline' : `[${of}]`}` : null;
}
