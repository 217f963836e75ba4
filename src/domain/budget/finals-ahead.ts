/** What the finals of a tune will still measure, as far as anybody can know. */
import type { FinalsState } from '../verdict/finals-state.js';
import type { Range } from './estimate.js';
import type { TunePlan } from './tune-plan.js';

export interface FinalsAhead {
  readonly measurements: Range;
  /** How many last one after the other, since a round ends before the next begins. */
  readonly turns: Range;
  /** Who is measured in a round. */
  readonly participants: number;
}

/** Rounds above the fewest that finals take on average: docs/verdict.md, the simulated tunes. */
const USUAL_MORE_ROUNDS = 1;

/** Null where there are none. @param isSearching whether better ones may still be found. */
export function finalsAhead(
  { verification, parallelism }: TunePlan,
  { leaders, baseline, measured, verdict }: FinalsState,
  isSearching: boolean
): FinalsAhead | null {
  const { finalists, rounds, hasBaseline, starts } = verification;
  if (verdict || !hasBaseline || (baseline && baseline.score === null)) return null;
  if (starts !== null) {
    // Experiment 0 is the first start.
    const left = Math.max(0, starts - 1 - measured.length);
    return { measurements: flat(left), turns: flat(Math.ceil(left / parallelism)), participants: left };
  }
  const taking = isSearching ? finalists : Math.min(finalists, leaders.length);
  if (taking === 0) return null;
  const participants = taking + 1;
  const done = Math.max(0, ...measured.filter(({ of }) => of === 0).map(({ round }) => round));
  const left = (until: number): number => Math.max(0, Math.min(until, rounds.max) - done);
  const roundsLeft: Range = {
    low: left(rounds.min),
    mid: left(rounds.min + USUAL_MORE_ROUNDS),
    high: left(rounds.max),
  };
  return {
    measurements: times(roundsLeft, participants),
    turns: times(roundsLeft, Math.ceil(participants / parallelism)),
    participants,
  };
}

function flat(value: number): Range {
  return { low: value, mid: value, high: value };
}

function times({ low, mid, high }: Range, factor: number): Range {
  return { low: low * factor, mid: mid * factor, high: high * factor };
}
