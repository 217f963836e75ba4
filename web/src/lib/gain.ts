/** How much better a score is than the baseline's, in per cent of the baseline's value. */
import type { ExperimentRow, TuneView } from '../../../src/contracts/http/index.js';

type Scored = Pick<ExperimentRow, 'score'>;

/** Positive is better. Null where one of them has no score, or nothing can be told relative to it. */
export function gainOver(row: Scored, baseline: Scored | null, scoring: TuneView['scoring']): number | null {
  const [score, base] = [row.score, baseline?.score ?? null];
  if (score === null || base === null) return null;
  // A weighted objective is a sum of logarithms.
  if (scoring && 'weighted' in scoring.objective) return 100 * (1 - Math.exp(score - base));
  if (base === 0) return null;
  return (100 * (base - score)) / Math.abs(base);
}
