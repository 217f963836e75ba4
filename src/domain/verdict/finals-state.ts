/** What a tune remembers for its verdict: scores, never whole outcomes, since continue-as-new carries it. */
import type { ExperimentOutcome } from '../tuning/experiment.js';
import { MOST_FINALISTS } from '../task/limits.js';
import { describeMiss } from '../scoring/slo.js';
import type { VerificationSettings } from './settings.js';
import type { BaselineResult, FinalMeasurement, Leader, Verdict } from './verdict.js';

/** More than can take part, since a model may know that the luckiest were lucky. */
const MOST_LEADERS = 10;

export interface FinalsState {
  /** The lowest scores of the search, the lowest first. */
  readonly leaders: readonly Leader[];
  /**
   * Experiments that take part before others, the best first: as the model ranked them after the search, or as the last round of the
   * finals had them. Absent where the scores alone say, and as soon as the search finds another leader.
   */
  readonly ranking?: readonly number[];
  /** Null until it has ended. */
  readonly baseline: BaselineResult | null;
  readonly measured: readonly FinalMeasurement[];
  /** Null until it is decided. */
  readonly verdict: Verdict | null;
}

export const NO_FINALS: FinalsState = { leaders: [], baseline: null, measured: [], verdict: null };

/** Who takes part, the best first. */
export function finalistsOf({ finalists }: VerificationSettings, { ranking, leaders }: FinalsState): number[] {
  return (ranking ?? leaders.map((leader) => leader.experimentId)).slice(0, finalists);
}

/** Whether a model is to say who takes part: there will be finals, and more who could be in them. */
export function awaitsRanking({ hasBaseline, finalists, starts }: VerificationSettings, state: FinalsState): boolean {
  const willBe = hasBaseline && starts === null && finalists > 0 && typeof state.baseline?.score === 'number';
  return willBe && state.ranking === undefined && state.leaders.length > finalists;
}

/** @param indices combinations by their numbers in the search space, the best first; those that it leaves out follow by their scores. */
export function rank(state: FinalsState, indices: readonly number[]): FinalsState {
  const named = indices.flatMap((index) => state.leaders.filter((leader) => leader.index === index));
  const ranking = new Set([...named, ...state.leaders].map((leader) => leader.experimentId));
  return { ...state, ranking: [...ranking].slice(0, MOST_FINALISTS) };
}

/**
 * Takes the outcome of any experiment, whatever its role; a second one of the same measurement replaces the first.
 * @param index the combination's number in the search space, where it has one.
 */
export function noteOutcome(state: FinalsState, outcome: ExperimentOutcome, index?: number): FinalsState {
  const { experimentId, combination, status } = outcome;
  const score = scoreToCompare(outcome);
  switch (outcome.role) {
    case 'baseline': {
      const { failure, slo } = outcome;
      const misses = slo?.misses.map(describeMiss).join('; ');
      const reason = failure ? `${failure.code}: ${failure.message}` : misses || `${status}, without a score`;
      return { ...state, baseline: { combination, score, reason: score === null ? reason : '' } };
    }
    case 'final': {
      const { of = 0, round = 1, among } = outcome;
      const others = state.measured.filter((item) => item.of !== of || item.round !== round);
      const failed = score === null && status !== 'cancelled';
      const measured = [...others, { of, round, score, failed }];
      return { ...state, measured, ...(among ? { ranking: among } : {}) };
    }
    default: {
      if (score === null) return state;
      const others = state.leaders.filter((leader) => leader.experimentId !== experimentId);
      const leader = { experimentId, combination, score, ...(index === undefined ? {} : { index }) };
      const leaders = [...others, leader]
        .sort((a, b) => a.score - b.score || a.experimentId - b.experimentId)
        .slice(0, MOST_LEADERS);
      if (!leaders.includes(leader)) return { ...state, leaders };
      const { baseline, measured, verdict } = state;
      return { leaders, baseline, measured, verdict };
    }
  }
}

/** The number whose ratios compare configurations; null where there is none. Lower is better. */
function scoreToCompare({ status, score, logarithmic }: ExperimentOutcome): number | null {
  if (status !== 'succeeded' || score === null || !Number.isFinite(score)) return null;
  return logarithmic ? Math.exp(score) : score;
}
