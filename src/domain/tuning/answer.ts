import { describeCombination } from '../space/combination.js';
import type { ExperimentOutcome } from './experiment.js';
import { describeScores, type Scored, type Scoring } from '../scoring/objective.js';
import { balancedOf } from '../scoring/pareto.js';
import { describeMiss } from '../scoring/slo.js';
import { finishedCount, type FinishedExperiment, type TuningState } from './tuning-state.js';
import type { Verdict } from '../verdict/verdict.js';

/** What the tune has come to. */
export interface Conclusion {
  /** The best of the search, or the finalist that the finals have found to be better. */
  readonly best: ExperimentOutcome | null;
  readonly verdict: Verdict;
  /** What was reused of earlier tunes, as a sentence; empty for nothing. */
  readonly reused?: string;
  /** Why it ended before all was done that was allowed; absent where it did not. */
  readonly end?: string;
}

/** The answer of a tune in a few sentences: the winner with its scores and its verdict, or why there is none and what came nearest. */
export function describeAnswer(
  state: TuningState,
  scoring: Scoring,
  { best, verdict, reused, end }: Conclusion
): string {
  if (verdict.kind === 'noise') return [verdict.words, end].filter(Boolean).join(' ');
  return [describeBest(state, scoring, best), verdict.words, reused, end].filter(Boolean).join(' ');
}

function describeBest(state: TuningState, scoring: Scoring, best: ExperimentOutcome | null): string {
  const total = finishedCount(state);
  const { nearest } = state;
  if (best?.score != null) {
    const missing = state.counts.infeasible > 0 ? ` ${describeInfeasible(state)}.` : '';
    return `Best of ${total}: ${describeOne(best, scoring)}.${missing}${describeFront(state)}`;
  }
  if (total === 0)
    return 'No combination was measured: the constraints allow none, or the tune ended before the first.';
  const failures = Object.entries(state.failures)
    .sort(([, a], [, b]) => b - a)
    .map(([code, count]) => `${code} ${count} times`);
  const causes = [...(nearest ? [describeInfeasible(state)] : []), ...failures].join(', ');
  const why = `No feasible configuration among ${total}${causes ? `: ${causes}` : ''}.`;
  return nearest ? `${why} ${describeNearest(nearest, scoring)}` : why;
}

function describeOne(one: Scored & Pick<FinishedExperiment, 'experimentId' | 'combination'>, scoring: Scoring): string {
  return `experiment ${one.experimentId} with ${describeCombination(one.combination)}, ${describeScores(one, scoring)}`;
}

/** How many are infeasible and why, in a few words. Where none missed an SLO, `early_end` has ended them. */
export function describeInfeasible({ counts, nearest }: TuningState): string {
  const count = counts.infeasible;
  if (!nearest) return `${count} ended early`;
  return count === 1 ? '1 misses an SLO' : `${count} miss an SLO`;
}

function describeNearest(nearest: FinishedExperiment, scoring: Scoring): string {
  const misses = (nearest.slo?.misses ?? []).map(describeMiss);
  return `The nearest is ${describeOne(nearest, scoring)}: ${misses.join('; ')}.`;
}

function describeFront({ front = [], best }: TuningState): string {
  if (front.length === 0) return '';
  if (front.length === 1) return ' No other is better in any objective.';
  const balanced = balancedOf(front, (member) => member.scores);
  const others = front.filter((member) => member.experimentId !== best?.experimentId);
  const names = others.map(({ experimentId }) =>
    experimentId === balanced?.experimentId ? `${experimentId} (balanced)` : experimentId
  );
  const isBest = balanced?.experimentId === best?.experimentId ? ', and it is the balanced one' : '';
  return ` It is the best by the first objective${isBest}; better in another: experiment ${names.join(', ')}.`;
}
