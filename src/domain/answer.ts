import { describeCombination } from './combination.js';
import { describeScore, type Objective } from './objective.js';
import { finishedCount, type TuningState } from './tuning-state.js';

/** The answer of a tune in one sentence: the winner with its score, or why there is none. */
export function describeAnswer(state: TuningState, objective: Objective): string {
  const total = finishedCount(state);
  if (state.best?.score != null) {
    const { experimentId, combination, score } = state.best;
    return `Best of ${total}: experiment ${experimentId} with ${describeCombination(combination)}, ${describeScore(score, objective)}.`;
  }
  if (total === 0)
    return 'No combination was measured: the constraints allow none, or the tune ended before the first.';
  const causes = Object.entries(state.failures)
    .sort(([, a], [, b]) => b - a)
    .map(([code, count]) => `${code} ${count} times`)
    .join(', ');
  return `No feasible configuration among ${total}${causes ? `: ${causes}` : ''}.`;
}
