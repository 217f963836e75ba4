/** What an experiment measures in steps, one start of the load generator each. */
import type { Load } from './load.js';
import type { Measurement } from './measurement.js';
import type { Probe } from './max-load.js';

/** A step that has ended. */
export interface FinishedStep {
  readonly loads: readonly Load[];
  /** In the order of `loads`; empty when they failed, with which only a search for the highest load goes on. */
  readonly measurements: readonly Measurement[];
}

/** Why an experiment ended before its last load. */
export interface EndedEarly {
  /** `slo`: a limit was missed. `hopeless`: it is far behind the best. */
  readonly kind: 'slo' | 'hopeless';
  /** The last load that was measured, for people. */
  readonly after: string;
  readonly reason: string;
  /** An estimate of what the whole would have scored: as far behind the best as it was so far. Null where nothing can be compared. */
  readonly score: number | null;
}

/** The result of a search for the highest concurrency at which every SLO holds. */
export interface MaxLoad {
  /** Null when not even the lowest does, or the search ended before it was known. */
  readonly concurrency: number | null;
  /** In the order in which they were tried. */
  readonly probes: readonly (Probe & {
    /** Which limit was missed; absent when all hold. */
    readonly missed?: string;
  })[];
}

/** What an experiment has measured in the end. */
export interface Conclusion {
  /** One per load that was measured, repeats pooled, in the order of the task. Of a search the one that decides. */
  readonly measurements: readonly Measurement[];
  readonly endedEarly?: EndedEarly;
  readonly maxLoad?: MaxLoad;
}

export type NextStep =
  { readonly loads: readonly Load[]; readonly reason: string } | { readonly conclusion: Conclusion };
