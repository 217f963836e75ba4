/**
 * The finals: the best of the search and the baseline, measured again in rounds, each on a fresh start, until the verdict is decided.
 * The search only chooses who takes part: its numbers are the luckiest of many, and say nothing about the gain.
 */
import { areComparable, BASELINE, compare, levelOf, type Precision } from './compare.js';
import { contenders, type Standing } from './contenders.js';
import { finalistsOf, type FinalsState } from './finals-state.js';
import { measureNoise } from './noise.js';
import type { VerificationSettings } from './settings.js';
import type { FinalsPlan, PlannedFinal, Verdict } from './verdict.js';
import { conclude, withoutFinals } from './words.js';

/**
 * Asked when the search is over, and again after each round. The same state has the same answer.
 * @param isLast there are no more rounds than there were: then the verdict is on these.
 */
export function planFinals(settings: VerificationSettings, state: FinalsState, isLast = false): FinalsPlan {
  const reason = whyNoFinals(settings, state);
  if (reason) return decided(withoutFinals(reason, settings, state));
  if (settings.starts !== null) return measureNoise(settings, settings.starts, state, isLast);

  const standing = standingOf(settings, state);
  const searched = state.leaders.flatMap(({ experimentId, score }) =>
    standing.finalists.includes(experimentId) ? [score] : []
  );
  if (!areComparable([state.baseline?.score ?? 0, ...searched, ...[...standing.scores.values()].flat()]))
    return decided(withoutFinals('incomparable', settings, state));
  const { winner, left } = contenders(standing);
  if (winner === null && left.length > 0 && isLast) {
    const isEnough = left.every((of) => (standing.scores.get(of)?.length ?? 0) >= settings.rounds.min);
    if (!isEnough) return decided(withoutFinals('budget', settings, state));
    const verdict = conclude(settings, state, standing, null);
    return decided({ ...verdict, words: `${verdict.words} The budget had no room for more rounds.` });
  }
  if (winner === null && left.length > 0) {
    const round = 1 + Math.max(0, ...state.measured.map((item) => item.round));
    const among = standing.finalists;
    return { experiments: inRound(round, [BASELINE, ...left], state).map((one) => ({ ...one, among })), verdict: null };
  }
  return decided(conclude(settings, state, standing, winner));
}

/** The verdict on what there is, also where the finals have not decided: because the tune ended before, or goes on. */
export function verdictSoFar(
  settings: VerificationSettings,
  state: FinalsState,
  otherwise: 'ended' | 'running' | 'budget'
): Verdict {
  const { verdict } = planFinals(settings, state, otherwise === 'budget');
  const mayStillSucceed = otherwise === 'running' && verdict?.kind === 'nothing_succeeded';
  return verdict && !mayStillSucceed ? verdict : withoutFinals(otherwise, settings, state);
}

function decided(verdict: Verdict): FinalsPlan {
  return { experiments: [], verdict };
}

function whyNoFinals(
  { starts, finalists, hasBaseline }: VerificationSettings,
  state: FinalsState
): Parameters<typeof withoutFinals>[0] | null {
  if (starts === null && state.leaders.length === 0) return 'nothing';
  if (!hasBaseline) return 'off';
  // Cancelled before it could start, and not run again.
  if (state.baseline === null) return 'missing';
  if (state.baseline.score === null) return 'baseline';
  return starts === null && finalists === 0 ? 'off' : null;
}

/** Who takes part, and how they stand after the rounds so far. */
export function standingOf(settings: VerificationSettings, state: FinalsState): Standing {
  const finalists = finalistsOf(settings, state);
  const everMeasured = new Set([...finalists, ...state.measured.map((item) => item.of)]);
  everMeasured.delete(BASELINE);
  const precision: Precision = { ...settings, finalists: everMeasured.size };
  const scores = new Map<number, number[]>();
  const cells = state.measured.flatMap(({ of, round, score }) => {
    if (score === null) return [];
    scores.set(of, [...(scores.get(of) ?? []), score]);
    return [{ treatment: of, block: round, value: levelOf(score) ?? NaN }];
  });
  return { finalists, precision, scores, measured: state.measured, comparisons: compare(cells, precision) };
}

/** Each round begins with another one, so that what changes during a round favours nobody. */
function inRound(round: number, participants: readonly number[], state: FinalsState): PlannedFinal[] {
  const combinations = new Map(state.leaders.map((leader) => [leader.experimentId, leader.combination]));
  const first = (round - 1) % participants.length;
  return [...participants.slice(first), ...participants.slice(0, first)].map((of) => ({
    of,
    round,
    combination: (of === BASELINE ? state.baseline?.combination : combinations.get(of)) ?? {},
  }));
}
