/** What of a results file the charts are about: experiments with their scores, and how far these are to be trusted. */
import { describeCombination } from '../../domain/space/combination.js';
import { spreadOf } from '../../domain/loads/metric.js';
import { goalsOf, type Objective } from '../../domain/scoring/objective.js';
import type { ExperimentResult, ResultsFile } from '../../domain/results/tune-result.js';
import { plain } from './text.js';

export type Measured = ExperimentResult & { readonly objective_score: number };

/** More marks than these are drawn in bulk, without a name each. */
export const MOST_NAMED = 1500;

/** The objectives of a results file, the one that decides first. */
export function objectivesOf({ ran }: Pick<ResultsFile, 'ran'>): readonly [Objective, ...Objective[]] {
  return (ran.objectives ?? [ran.objective]) as unknown as readonly [Objective, ...Objective[]];
}

/** Measured to the end: the score of what ended early is an estimate, and no chart shows it as a measurement. */
export function isMeasured(result: ExperimentResult): result is Measured {
  return result.objective_score !== null && Number.isFinite(result.objective_score) && !result.ended_early;
}

/** Of the search, in its order. */
export function measuredOf({ all_results }: Pick<ResultsFile, 'all_results'>): Measured[] {
  return all_results.filter(isMeasured).sort((a, b) => a.experiment_id - b.experiment_id);
}

/** Everything that was deployed: the baseline, the search, the finals. */
export function everyResult({ baseline, all_results, finalists }: ResultsFile): ExperimentResult[] {
  return [...(baseline ? [baseline] : []), ...all_results, ...finalists.flatMap(({ rounds }) => rounds)];
}

export function isFeasible({ status }: Pick<ExperimentResult, 'status'>): boolean {
  return status === 'success';
}

/** Whether scores are ratios to the baseline. */
export function isRelative(results: ResultsFile): boolean {
  return everyResult(results).some(({ relative }) => relative === true);
}

/** `[3] threads=2 parallel=4`: what a mark is called. */
export function nameOf({
  experiment_id: id,
  parameters,
}: Pick<ExperimentResult, 'experiment_id' | 'parameters'>): string {
  return plain(`[${id}] ${id === 0 ? 'baseline ' : ''}${describeCombination(parameters)}`, 90);
}

/** How far two measurements of the same configuration lie apart. */
export interface Noise {
  /** Standard deviation relative to the value: 0.03 is 3 %. */
  readonly relative: number;
  /** What it was found from: fresh starts tell all of it, repeats on one start only a part. */
  readonly from: 'starts' | 'repeats';
}

/** The noise of one measurement on a fresh start where the finals have told it; else what repeats on one start tell, the median over experiments. */
export function noiseOf(results: ResultsFile): Noise | null {
  const { noise } = results.verdict;
  if (noise && Number.isFinite(noise.percent)) return { relative: noise.percent / 100, from: 'starts' };
  const [objective] = objectivesOf(results);
  const spreads = measuredOf(results)
    .map((result) => repeatNoise(result, objective))
    .filter((spread) => spread !== null)
    .sort((a, b) => a - b);
  const middle = spreads[spreads.length >> 1];
  return middle === undefined ? null : { relative: middle, from: 'repeats' };
}

/** The spread of an experiment's own repeats over its loads, for the mean of these repeats; null where there were none. */
export function repeatNoise({ loads }: ExperimentResult, objective: Objective): number | null {
  const [goal] = goalsOf(objective);
  if (!goal || 'weighted' in objective) return null;
  const spreads = loads.flatMap((load) => {
    const spread = spreadOf(load, goal);
    return spread === null ? [] : [spread / Math.sqrt(load.repeats?.count ?? 1)];
  });
  return spreads.length === 0 ? null : Math.sqrt(spreads.reduce((sum, one) => sum + one ** 2, 0) / spreads.length);
}

/** A sentence on the noise. `what` names what the bars are on. */
export function noiseWords(noise: Noise | null): string {
  if (!noise) {
    return 'Nobody knows how far a measurement would differ if it were repeated: small differences may be chance.';
  }
  const share = `${(noise.relative * 100).toFixed(1)} %`;
  return noise.from === 'starts'
    ? `One measurement on a fresh start varies by ${share} (standard deviation, from the repeated measurements): what lies closer together than about twice that cannot be told apart.`
    : `Repeats on one engine start differ by ${share} (standard deviation); from one start to the next it may be more, so small differences may be chance.`;
}
