/** From measurements of several rounds to gains over the baseline with their intervals. */
import { nominalLevels } from './boundaries.js';
import { studentQuantile } from './quantiles.js';
import { twoWay, type Cell, type TwoWay } from './two-way.js';
import type { Gain } from './verdict.js';

/** The baseline's number among the treatments. */
export const BASELINE = 0;

/** How much error the intervals may make in all. */
export interface Precision {
  readonly confidence: number;
  /** Looked at after each of these many rounds. */
  readonly rounds: { readonly min: number; readonly max: number };
  /** Compared with the baseline, all of them together; dropped ones count. */
  readonly finalists: number;
}

/** A finalist against the baseline. Gains are differences of logarithms: positive is better. */
export interface Comparison {
  readonly of: number;
  /** Rounds in which both were measured. */
  readonly rounds: number;
  readonly gain: number;
  /** Standard error of `gain`. */
  readonly error: number;
  /** Half of the interval's width; infinite while it cannot be told. */
  readonly margin: number;
}

export interface Comparisons {
  readonly layout: TwoWay;
  readonly of: readonly Comparison[];
}

/**
 * Compares every finalist with the baseline.
 * @param cells logarithms, lower is better; treatment 0 is the baseline.
 */
export function compare(cells: readonly Cell[], precision: Precision): Comparisons {
  const layout = twoWay(cells, BASELINE);
  const blocksOf = (treatment: number): number[] =>
    cells.filter((cell) => cell.treatment === treatment).map((cell) => cell.block);
  const baselineBlocks = new Set(blocksOf(BASELINE));
  const of = [...layout.effects].flatMap(([treatment, effect]) => {
    if (treatment === BASELINE) return [];
    const rounds = blocksOf(treatment).filter((block) => baselineBlocks.has(block)).length;
    const error = Math.sqrt(layout.variance * layout.differenceFactor(treatment, BASELINE));
    const margin = criticalValue(precision, rounds, layout.degreesOfFreedom) * error;
    return [{ of: treatment, rounds, gain: 0 - effect, error, margin: Number.isNaN(margin) ? Infinity : margin }];
  });
  return { layout, of };
}

/**
 * By how many standard errors a gain must differ from zero after so many rounds: a quantile of the t distribution at the level that
 * the spending of the error over the looks (boundaries.ts) and over the finalists (Bonferroni) leaves for this look.
 */
export function criticalValue(precision: Precision, rounds: number, degreesOfFreedom: number): number {
  const { min, max } = precision.rounds;
  if (rounds < min || degreesOfFreedom < 1) return Infinity;
  const level = levelsOf(precision)[Math.min(rounds, max) - min] ?? 0;
  return studentQuantile(1 - level / 2, degreesOfFreedom);
}

const known = new Map<string, readonly number[]>();

/** The same few levels are asked for again and again, and take some milliseconds. */
function levelsOf({ confidence, rounds: { min, max }, finalists }: Precision): readonly number[] {
  const key = [confidence, min, max, finalists].join();
  const found = known.get(key);
  if (found) return found;
  const looks = Array.from({ length: max - min + 1 }, (_, i) => min + i);
  const levels = nominalLevels(
    looks.map((rounds) => rounds / max),
    (1 - confidence) / finalists
  );
  known.set(key, levels);
  return levels;
}

/**
 * A score on the scale on which ratios are differences; lower is better on both. Null for zero, which has no ratio to anything.
 */
export function levelOf(score: number): number | null {
  if (score === 0 || !Number.isFinite(score)) return null;
  return score > 0 ? Math.log(score) : 0 - Math.log(-score);
}

/** Whether ratios of these scores mean something: none is zero, and all have one sign. */
export function areComparable(scores: readonly number[]): boolean {
  return scores.every((score) => score > 0) || scores.every((score) => score < 0);
}

/**
 * In per cent of the baseline's value: 20 is a latency that is 20 % lower, or a throughput that is 20 % higher.
 * @param isNegated whether scores are negated, as of what is maximised.
 */
export function asGain({ gain, margin }: Pick<Comparison, 'gain' | 'margin'>, isNegated: boolean): Gain | null {
  if (!Number.isFinite(margin)) return null;
  const percent = (value: number): number => 100 * (isNegated ? Math.expm1(value) : -Math.expm1(-value));
  return { percent: percent(gain), low: percent(gain - margin), high: percent(gain + margin) };
}
