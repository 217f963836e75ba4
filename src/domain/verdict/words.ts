/** Verdicts with their sentences. */
import { asGain, type Comparison } from './compare.js';
import type { Standing } from './contenders.js';
import type { FinalsState } from './finals-state.js';
import type { VerificationSettings } from './settings.js';
import type { Gain, Verdict } from './verdict.js';

const NO_FINALS_WORDS = {
  nothing: { kind: 'nothing_succeeded', words: () => '' },
  off: { kind: 'not_verified', words: () => '' },
  ended: {
    kind: 'not_verified',
    words: () =>
      'Not verified: the tune ended before its finals could decide whether that is better than the baseline.',
  },
  budget: {
    kind: 'not_verified',
    words: () =>
      'Not verified: what was left of the budget did not suffice to decide whether that is better than the baseline.',
  },
  missing: { kind: 'not_verified', words: () => 'Not verified: the baseline was not measured.' },
  running: { kind: 'not_verified', words: () => 'No verdict yet: the tune goes on.' },
  incomparable: {
    kind: 'not_verified',
    words: () => 'Not verified: the objective was zero, or changed its sign, so that no gain in per cent can be told.',
  },
  baseline: {
    kind: 'baseline_failed',
    words: (reason: string) =>
      `The baseline does not work (${reason}): there is nothing to compare with, and no gain to verify.`,
  },
} as const satisfies Record<string, { kind: Verdict['kind']; words: (reason: string) => string }>;

/** The verdict where there were no finals, or none that could be finished. */
export function withoutFinals(
  why: keyof typeof NO_FINALS_WORDS,
  { confidence }: VerificationSettings,
  { baseline, measured }: Pick<FinalsState, 'baseline' | 'measured'>
): Verdict {
  const { kind, words } = NO_FINALS_WORDS[why];
  return {
    ...{ kind, winner: null, compared: null, gain: null, rounds: 0 },
    ...{ measurements: measured.length, confidence, noise: null, words: words(baseline?.reason ?? '') },
  };
}

/** The verdict after the last round. @param winner null when no finalist is better than the baseline. */
export function conclude(
  settings: VerificationSettings,
  state: FinalsState,
  { finalists, comparisons: { layout, of }, measured, scores }: Standing,
  winner: number | null
): Verdict {
  if (!scores.has(0)) return withoutFinals('baseline', settings, failedAgain(state));
  const failed = new Set(measured.filter((item) => item.failed).map((item) => item.of));
  const able = of.filter((one) => finalists.includes(one.of) && !failed.has(one.of));
  const compared = able
    .filter((one) => winner === null || one.of === winner)
    .reduce<Comparison | null>((a, b) => (a && a.gain >= b.gain ? a : b), null);
  const isNegated = [...scores.values()].flat().some((score) => score < 0);
  const gain = compared && asGain(compared, isNegated);
  return {
    kind: winner === null ? 'no_gain' : 'gain',
    winner,
    compared: compared?.of ?? null,
    gain,
    rounds: compared?.rounds ?? 0,
    measurements: measured.length,
    confidence: settings.confidence,
    noise:
      layout.degreesOfFreedom > 0
        ? { percent: 100 * Math.sqrt(layout.variance), degrees_of_freedom: layout.degreesOfFreedom }
        : null,
    words: [sentence(winner, compared, gain, settings), unstable(failed)].filter(Boolean).join(' '),
  };
}

function sentence(
  winner: number | null,
  compared: Comparison | null,
  gain: Gain | null,
  { confidence }: VerificationSettings
): string {
  if (!compared) return 'No significant gain: no finalist worked when it was started again. Keep the baseline.';
  const rounds = `${compared.rounds} ${compared.rounds === 1 ? 'round' : 'rounds'}`;
  const told = gain ? describeGain(gain, confidence, rounds) : `not told by ${rounds}`;
  if (winner !== null) return `Verified: experiment ${winner} is ${told}.`;
  return `No significant gain: keep the baseline. Experiment ${compared.of} came nearest, ${told}.`;
}

/** `41.6 % better than the baseline (95 % interval 38.0 to 44.9 %, 3 rounds)`. */
export function describeGain({ percent, low, high }: Gain, confidence: number, rounds: string): string {
  const how = percent < 0 ? `${(-percent).toFixed(1)} % worse` : `${percent.toFixed(1)} % better`;
  const interval = `${Number((confidence * 100).toFixed(2))} % interval ${low.toFixed(1)} to ${high.toFixed(1)} %`;
  return `${how} than the baseline (${interval}, ${rounds})`;
}

/** A configuration that does not start every time is none to recommend. */
function unstable(failed: ReadonlySet<number>): string {
  const numbers = [...failed].filter((of) => of !== 0).sort((a, b) => a - b);
  if (numbers.length === 0) return '';
  const experiments = numbers.length === 1 ? `Experiment ${numbers[0]}` : `Experiments ${numbers.join(' and ')}`;
  return `${experiments} failed when started again, and ${numbers.length === 1 ? 'is' : 'are'} out.`;
}

function failedAgain(state: FinalsState): FinalsState {
  const reason = 'it failed whenever it was started again';
  return { ...state, baseline: state.baseline && { ...state.baseline, reason } };
}
