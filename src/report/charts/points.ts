/** What of a results file the charts are about: experiments with their scores, and how far these are to be trusted. */
import { describeCombination } from '../../domain/space/combination.js';
import { spreadOf } from '../../domain/loads/metric.js';
import { goalsOf, type Objective } from '../../domain/scoring/objective.js';
import { objectivesOf, type OutlineExperiment, type ResultsOutline } from '../../domain/results/outline.js';
import { plain } from './text.js';

export { objectivesOf };

type Scored<T> = T & { readonly objective_score: number };
export type Measured = Scored<OutlineExperiment>;

/** More marks than these are drawn in bulk, without a name each. */
export const MOST_NAMED = 1500;

/** More marks than these are one surface: every so many are drawn then, and the words say so. */
const MOST_DRAWN = 3000;

/** Every so many of a long list in its order, and all that are kept. */
export function thinned<T>(all: readonly T[], isKept: (one: T) => boolean = () => false): readonly T[] {
  if (all.length <= MOST_DRAWN) return all;
  const place = (i: number): number => Math.floor((i * MOST_DRAWN) / all.length);
  return all.filter((one, i) => isKept(one) || i === 0 || place(i) !== place(i - 1));
}

/** Empty where everything is drawn. @param kept what is always among them: `with every best so far`. */
export function thinnedWords(all: readonly unknown[], drawn: readonly unknown[], kept = ''): string {
  if (drawn.length === all.length) return '';
  return `Of ${all.length} marks ${drawn.length} are drawn: every so many, in the order of the search${kept && `, ${kept}`}.`;
}

/** Measured to the end: the score of what ended early is an estimate, and no chart shows it as a measurement. */
export function isMeasured<T extends OutlineExperiment>(result: T): result is Scored<T> {
  return result.objective_score !== null && Number.isFinite(result.objective_score) && !result.ended_early;
}

/** Of the search, in its order. */
export function measuredOf<T extends OutlineExperiment>({
  all_results,
}: {
  readonly all_results: readonly T[];
}): Scored<T>[] {
  return all_results.filter(isMeasured<T>).sort((a, b) => a.experiment_id - b.experiment_id);
}

/** Everything that was deployed: the baseline, the search, the finals. */
export function everyResult<T extends OutlineExperiment>({
  baseline,
  all_results,
  finalists,
}: {
  readonly baseline: T | null;
  readonly all_results: readonly T[];
  readonly finalists: readonly { readonly rounds: readonly T[] }[];
}): T[] {
  return [...(baseline ? [baseline] : []), ...all_results, ...finalists.flatMap(({ rounds }) => rounds)];
}

export function isFeasible({ status }: Pick<OutlineExperiment, 'status'>): boolean {
  return status === 'success';
}

/** Whether scores are ratios to the baseline. */
export function isRelative(results: ResultsOutline): boolean {
  return everyResult(results).some(({ relative }) => relative === true);
}

/** `[3] threads=2 parallel=4`: what a mark is called. */
export function nameOf({
  experiment_id: id,
  parameters,
}: Pick<OutlineExperiment, 'experiment_id' | 'parameters'>): string {
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
export function noiseOf(results: ResultsOutline): Noise | null {
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
export function repeatNoise({ loads }: OutlineExperiment, objective: Objective): number | null {
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
