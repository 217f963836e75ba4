/** What of the earlier tunes an optimizer is told, on the scale of this one. */
import type { Observed } from '../tuning/observation.js';
import { applies, type ReusedTune, type ReuseState } from './reuse.js';

/** One earlier tune as an optimizer learns from it: less than from what this tune has measured. */
export interface KnownTune {
  /** Whether its scores are on the scale of this tune; otherwise only their differences within that tune say something. */
  readonly aligned: boolean;
  readonly observations: readonly Observed[];
}

/**
 * Days differ: clocks, neighbours, temperature. Where both tunes have measured the same baseline, its ratio takes an earlier score to
 * today's scale; logarithmic scores move by the difference.
 * @param scale how this tune is scored: `relative` when its scores are ratios to its baseline.
 */
export function knownTunes(
  reuse: ReuseState | undefined,
  scale: { readonly relative: boolean; readonly logarithmic: readonly boolean[] }
): KnownTune[] {
  if (!reuse) return [];
  const fitting = reuse.tunes.filter((tune) => applies(reuse, tune) && tune.relative === scale.relative);
  // The oldest first: each next one corrects what was known before.
  return [...fitting].reverse().map((tune) => toScale(tune, reuse.baseline, scale));
}

function toScale(
  { baseline: then, observations, relative }: ReusedTune,
  now: ReuseState['baseline'],
  { logarithmic }: Parameters<typeof knownTunes>[1]
): KnownTune {
  if (relative) return { aligned: true, observations };
  const moves = then?.map((before, i) => mover(before, now?.[i], logarithmic[i] ?? false));
  if (!moves || !moves.every((move) => move !== null)) return { aligned: false, observations };
  const moved = observations.map(({ scores, ...rest }) => ({
    ...rest,
    scores: scores && scores.map((score, i) => moves[i]?.(score) ?? score),
  }));
  return { aligned: true, observations: moved };
}

function mover(then: number, now: number | undefined, logarithmic: boolean): ((score: number) => number) | null {
  if (now === undefined) return null;
  if (logarithmic) return (score) => score + (now - then);
  const ratio = now / then;
  return Number.isFinite(ratio) && ratio > 0 ? (score) => score * ratio : null;
}
