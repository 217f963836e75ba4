/**
 * What a tune knows from earlier ones. It guides the search and nothing else: no verdict, no best and no finalist is made of it. It is
 * found once, when the tune begins, and is part of the tune's history from then on.
 */
import type { Combination } from '../space/combination.js';
import type { ExperimentOutcome } from '../tuning/experiment.js';
import type { Observed } from '../tuning/observation.js';

/** Tunes that are reused, the newest ones; each is a model of its own in the optimizer. */
export const MOST_TUNES = 5;
/** Observations that are reused: about 20 kB, which each suggestion and each continue-as-new carries. */
export const MOST_REUSED = 300;
/** Combinations that are named as known to crash, and reasons why a tune is not reused. */
export const MOST_NAMED = 10;

/** What numbers depend on besides the task: known once an engine serves. */
export interface Surroundings {
  readonly engineVersion: string;
  /** Path, size and time of change of the model's file; its name where it is none. */
  readonly model: string;
  /** Processors, memory and accelerators of the engine's host; empty where nobody can tell, as in a cluster. */
  readonly hardware: string;
}

/** An earlier combination that did not work. */
export interface KnownCrash {
  readonly combination: Combination;
  readonly code: string;
}

/** One earlier tune in the search space and the scoring of this one. */
export interface ReusedTune {
  readonly taskName: string;
  readonly runId: string;
  /** When its last result was stored: milliseconds since the epoch. */
  readonly storedAtMs: number;
  readonly surroundings: Surroundings;
  /** One per combination; what was measured several times is the mean. */
  readonly observations: readonly Observed[];
  /** At most MOST_NAMED of those without scores. */
  readonly crashes: readonly KnownCrash[];
  /** What the baseline scored that this tune has, too; null where it has another one. It tells how much two days differ. */
  readonly baseline: readonly number[] | null;
  /** The scores are ratios to that tune's own baseline. */
  readonly relative: boolean;
}

/** What was found when the tune began. */
export interface Reuse {
  /** The newest first. */
  readonly tunes: readonly ReusedTune[];
  /** What was looked at and is not reused; at most MOST_NAMED. */
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
}

/** What of it applies, as the tune learns where it runs itself. */
export interface ReuseState extends Reuse {
  /** Where this tune's engines have served; none at first. */
  readonly seen: readonly Surroundings[];
  /** What this tune's baseline scored; null until it is measured. */
  readonly baseline: readonly number[] | null;
}

export function openReuse({ tunes, skipped }: Reuse): ReuseState {
  return { tunes, skipped, seen: [], baseline: null };
}

export function surroundingsOf({ provenance }: Pick<ExperimentOutcome, 'provenance'>): Surroundings | null {
  if (!provenance) return null;
  const { engine_version: engineVersion, model, hardware = '' } = provenance;
  return { engineVersion, model, hardware };
}

export function isSame(one: Surroundings, other: Surroundings): boolean {
  return one.engineVersion === other.engineVersion && one.model === other.model && one.hardware === other.hardware;
}

/** Takes the outcome of any experiment of this tune, in any order. */
export function noteSurroundings(reuse: ReuseState, outcome: ExperimentOutcome): ReuseState {
  const here = surroundingsOf(outcome);
  const isNew = here !== null && !reuse.seen.some((known) => isSame(known, here));
  const { role, scores = [] } = outcome;
  const isBaseline = role === 'baseline' && scores.length > 0 && scores.every(Number.isFinite);
  return {
    ...reuse,
    ...(isNew ? { seen: [...reuse.seen, here].slice(-MOST_NAMED) } : {}),
    ...(isBaseline ? { baseline: scores } : {}),
  };
}

/** Whether a tune still counts: as long as nothing is known of where this one runs, and then where they ran alike. */
export function applies({ seen }: Pick<ReuseState, 'seen'>, { surroundings }: ReusedTune): boolean {
  return seen.length === 0 || seen.some((here) => isSame(here, surroundings));
}
