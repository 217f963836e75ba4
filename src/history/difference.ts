/** Whether two measured values differ by more than starts of the same thing do. Pure. */
import { studentQuantile } from '../domain/verdict/quantiles.js';

const CONFIDENCE = 0.95;

/** A mean over several starts. */
export interface Estimate {
  readonly value: number;
  /** How many measurements, each on a fresh start. */
  readonly count: number;
  /** Standard deviation of the logarithm of one of them, with its degrees of freedom; null where it is not known. */
  readonly spread: { readonly deviation: number; readonly degrees: number } | null;
}

/**
 * Welch's test on logarithms. It knows the noise between starts within each tune; that machines change from day to day it cannot know.
 * @returns null where the noise of one of them is not known, or ratios mean nothing.
 */
export function isBeyondNoise(one: Estimate, other: Estimate): boolean | null {
  if (!one.spread || !other.spread || !(one.value * other.value > 0) || one.count < 1 || other.count < 1) return null;
  const parts = [one, other].map(({ spread, count }) => ({
    variance: (spread?.deviation ?? 0) ** 2 / count,
    degrees: spread?.degrees ?? 0,
  }));
  if (parts.some(({ degrees }) => degrees < 1)) return null;
  const variance = parts.reduce((sum, part) => sum + part.variance, 0);
  const distance = Math.abs(Math.log(one.value / other.value));
  if (variance === 0) return distance > 0;
  const degrees = variance ** 2 / parts.reduce((sum, part) => sum + part.variance ** 2 / part.degrees, 0);
  return distance > studentQuantile(1 - (1 - CONFIDENCE) / 2, degrees) * Math.sqrt(variance);
}
