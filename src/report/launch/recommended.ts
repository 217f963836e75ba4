/** Which configuration a report tells people to run. */
import type { ExperimentResult, ResultsFile } from '../../domain/results/tune-result.js';

export interface Recommended {
  readonly result: ExperimentResult;
  /** `the winner`, `the baseline`, `the best of the search`. */
  readonly role: string;
  /** Why this one, in a sentence or two. */
  readonly why: string;
}

/** The verified winner; the baseline where no gain is significant; else the best of the search. Null where nothing is feasible. */
export function recommendedOf(results: ResultsFile): Recommended | null {
  const { verdict, best_result: best, baseline } = results;
  if (verdict.kind === 'no_gain' && baseline && baseline.status === 'success') {
    return {
      result: baseline,
      role: 'the baseline',
      why: 'No configuration was better than the baseline by more than the noise, so what runs already is what to keep.',
    };
  }
  if (!best) return null;
  if (verdict.winner !== null && verdict.winner === best.experiment_id) {
    return {
      result: best,
      role: 'the winner',
      why: `It was measured again beside the baseline, on fresh starts, and is better by more than the noise explains (${verdict.measurements} measurements in the finals).`,
    };
  }
  return {
    result: best,
    role: 'the best of the search',
    why: 'It has the best single measurement of the search. That is not verified: the best of many is also the luckiest, so expect a little less.',
  };
}

/** An experiment by its number; 0 is the baseline. */
export function experimentOf({ baseline, all_results }: ResultsFile, number: number): ExperimentResult | null {
  return (
    (baseline?.experiment_id === number ? baseline : all_results.find((one) => one.experiment_id === number)) ?? null
  );
}
