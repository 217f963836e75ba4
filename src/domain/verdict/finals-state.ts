/** What a tune remembers for its verdict: scores, never whole outcomes, since continue-as-new carries it. */
import type { ExperimentOutcome } from '../tuning/experiment.js';
import { describeMiss } from '../scoring/slo.js';
import type { BaselineResult, FinalMeasurement, Leader, Verdict } from './verdict.js';

/** The most finalists that a task can ask for. */
export const MOST_FINALISTS = 5;

export interface FinalsState {
  /** The best of the search, the best first. */
  readonly leaders: readonly Leader[];
  /** Null until it has ended. */
  readonly baseline: BaselineResult | null;
  readonly measured: readonly FinalMeasurement[];
  /** Null until it is decided. */
  readonly verdict: Verdict | null;
}

export const NO_FINALS: FinalsState = { leaders: [], baseline: null, measured: [], verdict: null };

/** Takes the outcome of any experiment, whatever its role; a second one of the same measurement replaces the first. */
export function noteOutcome(state: FinalsState, outcome: ExperimentOutcome): FinalsState {
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
      const { of = 0, round = 1 } = outcome;
      const others = state.measured.filter((item) => item.of !== of || item.round !== round);
      const failed = score === null && status !== 'cancelled';
      return { ...state, measured: [...others, { of, round, score, failed }] };
    }
    default: {
      if (score === null) return state;
      const others = state.leaders.filter((leader) => leader.experimentId !== experimentId);
      const leaders = [...others, { experimentId, combination, score }].sort(
        (a, b) => a.score - b.score || a.experimentId - b.experimentId
      );
      return { ...state, leaders: leaders.slice(0, MOST_FINALISTS) };
    }
  }
}

/** The number whose ratios compare configurations; null where there is none. Lower is better. */
function scoreToCompare({ status, score, logarithmic }: ExperimentOutcome): number | null {
  if (status !== 'succeeded' || score === null || !Number.isFinite(score)) return null;
  return logarithmic ? Math.exp(score) : score;
}
