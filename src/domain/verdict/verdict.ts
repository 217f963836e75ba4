import type { Combination } from '../space/combination.js';

/** By how much the objective is better than the baseline's, in per cent of the baseline's value, with its interval. */
export interface Gain {
  readonly percent: number;
  readonly low: number;
  readonly high: number;
}

export const VERDICT_KINDS = [
  /** A finalist is better than the baseline: the interval is above zero. */
  'gain',
  /** None is, as far as the rounds could tell. */
  'no_gain',
  /** The baseline does not work, so that there is nothing to compare with. */
  'baseline_failed',
  'nothing_succeeded',
  /** The finals were switched off, or the tune ended before they could decide. */
  'not_verified',
  /** An A/A tune: what the same configuration differs by from start to start. */
  'noise',
] as const;

/** The best against the baseline. */
export interface Verdict {
  readonly kind: (typeof VERDICT_KINDS)[number];
  /** The finalist that is better than the baseline; null when none is. */
  readonly winner: number | null;
  /** The experiment that `gain` is of: the winner, or the finalist that came nearest. */
  readonly compared: number | null;
  readonly gain: Gain | null;
  /** The smallest number of rounds in which every finalist that was not dropped was measured. */
  readonly rounds: number;
  /** What the finals cost: measurements, each on a fresh start. */
  readonly measurements: number;
  readonly confidence: number;
  /** Standard deviation of one measurement of the objective on a fresh start, in per cent; null when it is not known. */
  readonly noise: { readonly percent: number; readonly degrees_of_freedom: number } | null;
  /** One or two sentences for a person; empty when nothing was to be verified. */
  readonly words: string;
}

/** A searched experiment that may become a finalist. */
export interface Leader {
  readonly experimentId: number;
  readonly combination: Combination;
  readonly score: number;
  /** The combination's number in the search space; absent where the strategy does not learn. */
  readonly index?: number;
}

export interface BaselineResult {
  readonly combination: Combination;
  /** Null when it failed. */
  readonly score: number | null;
  /** Why, when it failed: `OUT_OF_MEMORY: ...`. */
  readonly reason: string;
}

/** One measurement of the finals. */
export interface FinalMeasurement {
  /** The searched experiment whose combination was measured again; 0 is the baseline. */
  readonly of: number;
  /** From 1. */
  readonly round: number;
  /** The score; null when there is none. */
  readonly score: number | null;
  /** It failed, which says something about the configuration; a cancelled one says nothing. */
  readonly failed: boolean;
}

/** A measurement that the finals ask for. */
export interface PlannedFinal {
  readonly of: number;
  readonly round: number;
  /** Who takes part, the best of the search first; absent in an A/A tune. */
  readonly among?: readonly number[];
  readonly combination: Combination;
}

/** What to measure next, or the verdict. */
export interface FinalsPlan {
  readonly experiments: readonly PlannedFinal[];
  /** Null while there is something to measure. */
  readonly verdict: Verdict | null;
}
