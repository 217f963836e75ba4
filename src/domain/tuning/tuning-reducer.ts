/** How events change the state of a tune: a pure reducer, so that the workflow, its replay and the tests agree. */
import type { Combination } from '../space/combination.js';
import type { ExperimentOutcome } from './experiment.js';
import { finish } from './finish-experiment.js';
import { tick } from '../budget/clock.js';
import { noteImprovement } from '../budget/convergence.js';
import type { Ended } from '../budget/ended.js';
import { openReuse, type Reuse } from '../reuse/reuse.js';
import type { ScoreReference } from '../scoring/score.js';
import { finishedCount, type KeptSummary, type Planned, type TuningState } from './tuning-state.js';
import { rank } from '../verdict/finals-state.js';
import type { PlannedFinal, Verdict } from '../verdict/verdict.js';

/** When it happened, in milliseconds since the epoch; absent where nobody counts the time. */
interface Timed {
  readonly atMs?: number | undefined;
}

export type TuningEvent =
  | {
      readonly type: 'suggested';
      readonly combinations: readonly Combination[];
      /** The number of each in the search space, from a strategy that learns. */
      readonly indices?: readonly number[];
      readonly cursor: number;
      readonly exhausted: boolean;
      /** What the model expects of the first, as a share of the best. */
      readonly expectedImprovement?: number | undefined;
    }
  /** A run that repeats what failed earlier begins: with what it keeps, and how many experiments it runs again. */
  | ({
      readonly type: 'kept';
      readonly of: string;
      readonly again: number;
      readonly nextExperimentId: number;
    } & KeptSummary)
  /** What earlier tunes have learned. */
  | { readonly type: 'recalled'; readonly reuse: Reuse }
  /** The baseline is measured, before anything else. */
  | { readonly type: 'baseline'; readonly combination: Combination }
  /** The search is over: the best by the model, by their numbers in the search space. */
  | { readonly type: 'ranked'; readonly leaders: readonly number[] }
  /** So is the ranking, or a round of the finals: what they need next, or the verdict. */
  | {
      readonly type: 'judged';
      readonly experiments: readonly PlannedFinal[];
      readonly verdict: Verdict | null;
      /** Why there are no more rounds than there were. */
      readonly ended?: Ended | undefined;
    }
  /** There is no budget, or no reason, for what is planned: it is dropped, and nothing more is searched. */
  | { readonly type: 'ended'; readonly ended: Ended }
  /** Experiments that keep the numbers of their first try. */
  | {
      readonly type: 'suggested-again';
      readonly experiments: readonly Planned[];
      readonly cursor: number;
      readonly exhausted: boolean;
    }
  | { readonly type: 'started'; readonly experimentId: number }
  /** With the baseline comes what the others are told by, if the task asks for it. */
  | ({
      readonly type: 'finished';
      readonly outcome: ExperimentOutcome;
      readonly reference?: ScoreReference | undefined;
    } & Timed)
  /** It ended without an outcome: cancelled before it began, or failed as a whole. */
  | ({ readonly type: 'abandoned'; readonly experimentId: number } & Timed)
  | ({ readonly type: 'paused' | 'resumed' | 'stopped' } & Timed)
  | { readonly type: 'extended'; readonly by: number };

export function reduce(state: TuningState, event: TuningEvent): TuningState {
  const next = change(state, event);
  return 'atMs' in event ? tick(next, next.paused && next.running.length === 0, event.atMs) : next;
}

function change(state: TuningState, event: TuningEvent): TuningState {
  switch (event.type) {
    case 'suggested': {
      const planned = event.combinations.map((combination, i) => ({
        experimentId: state.nextExperimentId + i,
        combination,
        ...given({ index: event.indices?.[i] }),
      }));
      return {
        ...state,
        cursor: event.cursor,
        exhausted: event.exhausted,
        planned: [...state.planned, ...planned],
        nextExperimentId: state.nextExperimentId + planned.length,
        suggested: state.suggested + planned.length,
        expected: noteImprovement(state.expected, event.expectedImprovement),
        // A verdict was on what there was.
        finals: { ...state.finals, verdict: null },
      };
    }
    case 'recalled':
      return { ...state, reuse: openReuse(event.reuse) };
    case 'baseline': {
      const { combination } = event;
      return { ...state, planned: [{ experimentId: 0, role: 'baseline', combination }, ...state.planned] };
    }
    case 'ranked':
      return { ...state, finals: rank(state.finals, event.leaders) };
    case 'judged': {
      const planned = event.experiments.map((final, i) => ({
        ...{ experimentId: state.nextExperimentId + i, role: 'final' as const },
        ...final,
      }));
      return {
        ...state,
        planned: [...state.planned, ...planned],
        nextExperimentId: state.nextExperimentId + planned.length,
        finals: { ...state.finals, verdict: event.verdict },
        ...given({ ended: event.ended }),
      };
    }
    case 'ended': {
      const { ended } = event;
      // The baseline is what all is compared with, and a round of finals that has begun is worth nothing by halves.
      const kept = state.planned.filter(({ role }) => role === 'baseline' || (role && ended.stage === 'search'));
      return { ...state, planned: kept, ended };
    }
    case 'kept': {
      const { of, again, nextExperimentId, counts, failures, best, front, nearest, reference, finals } = event;
      const found = { best, finals, ...given({ front, nearest, reference }) };
      const kept = { ...state, nextExperimentId, counts, failures, ...found, retry: { of, left: again } };
      return { ...kept, maxIterations: finishedCount(kept) + again };
    }
    case 'suggested-again': {
      const { experiments, cursor, exhausted } = event;
      const planned = { ...state, cursor, exhausted, planned: [...state.planned, ...experiments] };
      if (!state.retry) return planned;
      return { ...planned, retry: { ...state.retry, left: Math.max(0, state.retry.left - experiments.length) } };
    }
    case 'started': {
      const starting = state.planned.filter((item) => item.experimentId === event.experimentId);
      return {
        ...state,
        planned: state.planned.filter((item) => item.experimentId !== event.experimentId),
        running: [...state.running, ...starting],
      };
    }
    case 'finished':
      return { ...finish(state, event.outcome), ...given({ reference: event.reference }) };
    case 'abandoned':
      return { ...state, running: state.running.filter((item) => item.experimentId !== event.experimentId) };
    case 'paused':
      return { ...state, paused: true };
    case 'resumed':
      return { ...state, paused: false };
    case 'stopped':
      return { ...state, stopping: true, paused: false };
    case 'extended': {
      const { ended, expected, ...rest } = state;
      const extended = { ...rest, maxIterations: state.maxIterations + event.by };
      // Whoever asks for more wants it although little is expected of it; a budget stays what it is.
      const isWaived = !ended || ended.reason === 'expected_improvement';
      return isWaived ? { ...extended, expected: [] } : { ...extended, expected, ended };
    }
  }
}

/** Only what there is: a state without it stays as small as it was. */
function given<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
