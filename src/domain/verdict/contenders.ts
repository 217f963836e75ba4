/** Who is still worth another round. Dropping somebody can only lose a gain, never claim one: the intervals do not know of it. */
import { criticalValue, type Comparison, type Comparisons, type Precision } from './compare.js';
import { studentQuantile } from './quantiles.js';
import type { FinalMeasurement } from './verdict.js';

/** How the finals stand. */
export interface Standing {
  /** By the search's order. */
  readonly finalists: readonly number[];
  readonly precision: Precision;
  /** What was measured in the finals, the baseline's too. */
  readonly scores: ReadonlyMap<number, readonly number[]>;
  readonly measured: readonly FinalMeasurement[];
  readonly comparisons: Comparisons;
}

/** A finalist is dropped when it is worse than the best one with this confidence. */
const CLEARLY_WORSE = 0.95;
/** It is also dropped when even a true gain of so many standard errors above its estimate would not become significant in the rounds left. */
const OPTIMISM = 1;
/** Rounds in which the baseline may fail before the finals end without a comparison. */
const BASELINE_FAILURES = 2;

/** @returns the winner if there is one already, and otherwise the finalists of the next round. */
export function contenders(standing: Standing): { winner: number | null; left: readonly number[] } {
  const { finalists, measured, precision, comparisons } = standing;
  const failed = new Set(measured.filter((item) => item.failed).map((item) => item.of));
  const works = (of: number): boolean => !failed.has(of);
  const running = comparisons.of.filter((one) => finalists.includes(one.of) && works(one.of));
  const best = running.reduce<Comparison | null>((a, b) => (a && a.gain >= b.gain ? a : b), null);
  const winners = running.filter((one) => one.gain - one.margin > 0);
  const winner = winners.reduce<Comparison | null>((a, b) => (a && a.gain >= b.gain ? a : b), null);
  if (winner) return { winner: winner.of, left: [] };
  if (baselineFailures(measured) >= BASELINE_FAILURES) return { winner: null, left: [] };

  const lastRound = Math.max(0, ...measured.map((item) => item.round));
  const left = finalists.filter((of) => {
    const rounds = measured.filter((item) => item.of === of);
    // It comes new into finals that have begun: a retry or an extension has found it.
    if (rounds.length === 0) return true;
    if (!works(of) || rounds.length >= precision.rounds.max) return false;
    if (!rounds.some((item) => item.round === lastRound)) return false;
    const comparison = running.find((one) => one.of === of);
    return !comparison || !best || isWorthIt(comparison, best, standing);
  });
  return { winner: null, left };
}

function isWorthIt(
  one: Comparison,
  best: Comparison,
  { precision, comparisons: { layout }, finalists }: Standing
): boolean {
  const { min, max } = precision.rounds;
  if (one.rounds < min) return true;
  const behind = Math.sqrt(layout.variance * layout.differenceFactor(one.of, best.of));
  if (best.gain - one.gain > studentQuantile(CLEARLY_WORSE, layout.degreesOfFreedom) * behind) return false;
  const degreesAtEnd = layout.degreesOfFreedom + (max - one.rounds) * finalists.length;
  const needed = criticalValue(precision, max, degreesAtEnd) * Math.sqrt((layout.variance * 2) / max);
  return one.gain + OPTIMISM * one.error > needed;
}

/** A baseline that fails now and then is compared by its other rounds; one that fails for good is not waited for. */
function baselineFailures(measured: readonly FinalMeasurement[]): number {
  const own = measured.filter((item) => item.of === 0);
  return own.some((item) => item.score !== null) ? 0 : own.filter((item) => item.failed).length;
}
