/** Which of two experiments is better. */
import type { ExperimentOutcome } from './experiment.js';
import { compareScores } from '../scoring/pareto.js';

/**
 * Lower scores win, those of the first objective before the next; on a tie the earlier experiment does, so that the order of completion
 * does not matter. What is no finite number never wins: nothing could be compared with it any more.
 */
export function isBetter(candidate: ExperimentOutcome, best: ExperimentOutcome | null): boolean {
  const [mine, others] = [scoresOf(candidate), best && scoresOf(best)];
  if (candidate.status !== 'succeeded' || mine.length === 0 || !mine.every(Number.isFinite)) return false;
  if (!best || !others || others.length === 0) return true;
  return (compareScores(mine, others) || candidate.experimentId - best.experimentId) < 0;
}

/** The smaller violation is nearer, on a tie the better score, then the earlier experiment. */
export function isNearer(
  candidate: Pick<ExperimentOutcome, 'experimentId' | 'status' | 'score' | 'slo'>,
  nearest: Pick<ExperimentOutcome, 'experimentId' | 'score' | 'slo'> | undefined
): boolean {
  if (candidate.status !== 'infeasible' || !candidate.slo || candidate.slo.violation === 0) return false;
  if (!nearest?.slo) return true;
  const further = candidate.slo.violation - nearest.slo.violation;
  const worse = (candidate.score ?? Infinity) - (nearest.score ?? Infinity);
  return (further || worse || candidate.experimentId - nearest.experimentId) < 0;
}

/** Outcomes of earlier versions have one score and no list of them. */
function scoresOf({ score, scores }: Pick<ExperimentOutcome, 'score' | 'scores'>): readonly number[] {
  return scores ?? (score === null ? [] : [score]);
}
