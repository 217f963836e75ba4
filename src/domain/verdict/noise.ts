/** The A/A tune: one configuration, started again and again. What its measurements differ by is the noise of the set-up. */
import { areComparable, BASELINE, criticalValue, levelOf } from './compare.js';
import type { FinalsState } from './finals-state.js';
import type { FinalsPlan } from './verdict.js';
import { chiSquaredQuantile, studentQuantile } from './quantiles.js';
import type { VerificationSettings } from './settings.js';
import { withoutFinals } from './words.js';

/** The finals that a task has by default: the noise is told as the gain that they would find. */
const USUAL_FINALISTS = 2;
const USUAL_POWER = 0.8;

/** The measurements that are missing, or the noise. @param isLast no more will be measured. */
export function measureNoise(
  settings: VerificationSettings,
  starts: number,
  state: FinalsState,
  isLast: boolean
): FinalsPlan {
  const done = new Set(state.measured.map((item) => item.round));
  const combination = state.baseline?.combination ?? {};
  // Experiment 0 is the first start.
  const missing = Array.from({ length: starts - 1 }, (_, i) => i + 1).filter((round) => !done.has(round));
  if (missing.length > 0 && !isLast)
    return { experiments: missing.map((round) => ({ of: BASELINE, round, combination })), verdict: null };

  const scores = [state.baseline, ...state.measured].flatMap((item) => item?.score ?? []);
  if (scores.length < 2) return { experiments: [], verdict: withoutFinals('ended', settings, state) };
  if (!areComparable(scores)) return { experiments: [], verdict: withoutFinals('incomparable', settings, state) };
  const deviation = standardDeviation(scores.map((score) => levelOf(score) ?? 0));
  const noise = { percent: 100 * deviation, degrees_of_freedom: scores.length - 1 };
  const verdict = withoutFinals('off', settings, state);
  const words = describeNoise(noise, settings);
  return { experiments: [], verdict: { ...verdict, kind: 'noise', rounds: scores.length, noise, words } };
}

export function standardDeviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

function describeNoise(
  { percent, degrees_of_freedom: degrees }: { percent: number; degrees_of_freedom: number },
  settings: VerificationSettings
): string {
  const { confidence, rounds } = settings;
  const bound = (probability: number): string =>
    (percent * Math.sqrt(degrees / chiSquaredQuantile(probability, degrees))).toFixed(1);
  const tail = (1 - confidence) / 2;
  const finalists = settings.finalists || USUAL_FINALISTS;
  const degreesAtEnd = (rounds.max - 1) * finalists;
  const needed =
    criticalValue({ ...settings, finalists }, rounds.max, degreesAtEnd) + studentQuantile(USUAL_POWER, degreesAtEnd);
  const detectable = (needed * percent * Math.sqrt(2 / rounds.max)).toFixed(1);
  return [
    `A/A: the same configuration differs by ${percent.toFixed(1)} % from start to start`,
    `(standard deviation over ${degrees + 1} starts, ${Number((confidence * 100).toFixed(2))} % interval ${bound(1 - tail)} to ${bound(tail)} %).`,
    `Up to ${rounds.max} rounds of finals find a gain of ${detectable} % in ${USUAL_POWER * 100} of 100 tunes.`,
  ].join(' ');
}
