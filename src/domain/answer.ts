import { describeCombination } from './combination.js';
import { describeScore, type Objective } from './objective.js';
import { finishedCount, type TuningState } from './tuning-state.js';
import type { Leader, Verdict } from './verdict/verdict.js';

/** The answer of a tune in a few sentences: the winner with its score and its verdict, or why there is none. */
export function describeAnswer(state: TuningState, objective: Objective, verdict: Verdict): string {
  if (verdict.kind === 'noise') return verdict.words;
  return [describeBest(state, objective, verdict), verdict.words].filter(Boolean).join(' ');
}

function describeBest(state: TuningState, objective: Objective, verdict: Verdict): string {
  const total = finishedCount(state);
  const best = winnerOf(state, verdict);
  if (best) {
    const { experimentId, combination, score } = best;
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

/** The best of the search, unless the finals have found another one of the finalists to be better. */
function winnerOf({ best, finals: { leaders } }: TuningState, { winner }: Verdict): Leader | null {
  const verified = leaders.find((leader) => leader.experimentId === winner);
  if (verified) return verified;
  if (!best || best.score === null) return null;
  return { experimentId: best.experimentId, combination: best.combination, score: best.score };
}
