/** Finals without engines: what each configuration measures is given, and the rules do the rest. */
import { NO_FINALS, noteOutcome, type FinalsState } from '../../src/domain/verdict/finals-state.js';
import { planFinals } from '../../src/domain/verdict/plan-finals.js';
import type { VerificationSettings } from '../../src/domain/verdict/settings.js';
import type { Verdict } from '../../src/domain/verdict/verdict.js';
import { outcomeOf } from './outcomes.js';

export const SETTINGS: VerificationSettings = {
  hasBaseline: true,
  finalists: 2,
  rounds: { min: 3, max: 10 },
  confidence: 0.95,
  starts: null,
};

/** A score, or how else it ended. */
type Measured = number | 'failed' | 'cancelled';

export interface Finals {
  readonly verdict: Verdict;
  readonly state: FinalsState;
  /** Who was measured in each round, in that order. */
  readonly rounds: readonly (readonly number[])[];
}

/** The state after a search. @param searched scores of the experiments 1, 2, ... */
export function afterSearch(baseline: Measured, searched: readonly Measured[]): FinalsState {
  const first = noteOutcome(NO_FINALS, { ...outcomeOf(0, baseline), role: 'baseline' });
  return searched.reduce<FinalsState>((state, how, i) => noteOutcome(state, outcomeOf(i + 1, how)), first);
}

/** @param measure what the configuration of an experiment measures in a round; 0 is the baseline. */
export function playFinals(
  settings: VerificationSettings,
  start: FinalsState,
  measure: (of: number, round: number) => Measured
): Finals {
  const rounds: number[][] = [];
  for (let state = start, id = 100; ;) {
    const { experiments, verdict } = planFinals(settings, state);
    if (verdict) return { verdict, state, rounds };
    for (const { of, round, among } of experiments) {
      rounds[round - 1] = [...(rounds[round - 1] ?? []), of];
      state = noteOutcome(state, { ...outcomeOf(id++, measure(of, round)), role: 'final', of, round, among });
    }
  }
}
