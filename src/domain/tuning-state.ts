/**
 * The state of a tune and how events change it: a pure reducer, so that the workflow, its replay and the tests agree. It stays
 * small however many experiments there were, since continue-as-new carries it; full outcomes live in the results store.
 */
import type { Combination } from './combination.js';
import {
  roleOf,
  type ExperimentOutcome,
  type Failure,
  type Leak,
  type OutcomeStatus,
  type Role,
} from './experiment.js';
import { NO_FINALS, noteOutcome, type FinalsState } from './verdict/finals-state.js';
import type { PlannedFinal, Verdict } from './verdict/verdict.js';

/** Outcomes shown as the latest ones. */
const RECENT = 20;

/** A combination with its experiment number, and why it is measured. */
export interface Planned extends Role {
  readonly experimentId: number;
  readonly combination: Combination;
}

export interface FinishedExperiment extends Planned {
  readonly status: OutcomeStatus;
  readonly score: number | null;
  readonly failure: Omit<Failure, 'evidence'> | null;
  readonly leaks?: readonly Leak[];
}

export interface TuningState {
  /** The most experiments; `extend` raises it. */
  readonly maxIterations: number;
  /** Where the strategy goes on in its sequence. */
  readonly cursor: number;
  /** The strategy has nothing more to suggest. */
  readonly exhausted: boolean;
  /** Suggested and not yet started. */
  readonly planned: readonly Planned[];
  readonly running: readonly Planned[];
  readonly nextExperimentId: number;
  /** How many combinations the search has been given. */
  readonly suggested: number;
  /** Of the search alone, as `best` and `failures` are. */
  readonly counts: Readonly<Record<OutcomeStatus, number>>;
  readonly best: ExperimentOutcome | null;
  /** The latest outcomes, the newest last. */
  readonly recent: readonly FinishedExperiment[];
  /** Failed experiments by failure code. */
  readonly failures: Readonly<Record<string, number>>;
  readonly paused: boolean;
  readonly stopping: boolean;
  /** What the verdict is made of. */
  readonly finals: FinalsState;
  /** Absent unless it runs again what failed in an earlier run: that run's id, and how many are not planned yet. */
  readonly retry?: { readonly of: string; readonly left: number };
}

/** What the state of a retry knows of the experiments that it keeps. */
export type KeptSummary = Pick<TuningState, 'counts' | 'failures' | 'best' | 'finals'>;

export type TuningEvent =
  | {
      readonly type: 'suggested';
      readonly combinations: readonly Combination[];
      readonly cursor: number;
      readonly exhausted: boolean;
    }
  /** A run that repeats what failed earlier begins: with what it keeps, and how many experiments it runs again. */
  | ({
      readonly type: 'kept';
      readonly of: string;
      readonly again: number;
      readonly nextExperimentId: number;
    } & KeptSummary)
  /** The baseline is measured, before anything else. */
  | { readonly type: 'baseline'; readonly combination: Combination }
  /** The search is over, or a round of the finals: what they need next, or the verdict. */
  | { readonly type: 'judged'; readonly experiments: readonly PlannedFinal[]; readonly verdict: Verdict | null }
  /** Experiments that keep the numbers of their first try. */
  | {
      readonly type: 'suggested-again';
      readonly experiments: readonly Planned[];
      readonly cursor: number;
      readonly exhausted: boolean;
    }
  | { readonly type: 'started'; readonly experimentId: number }
  | { readonly type: 'finished'; readonly outcome: ExperimentOutcome }
  /** It ended without an outcome: cancelled before it began, or failed as a whole. */
  | { readonly type: 'abandoned'; readonly experimentId: number }
  | { readonly type: 'paused' | 'resumed' | 'stopped' }
  | { readonly type: 'extended'; readonly by: number };

export function initialState(maxIterations: number): TuningState {
  return {
    maxIterations,
    cursor: 0,
    exhausted: false,
    planned: [],
    running: [],
    nextExperimentId: 1,
    suggested: 0,
    counts: { succeeded: 0, infeasible: 0, failed: 0, cancelled: 0 },
    best: null,
    recent: [],
    failures: {},
    paused: false,
    stopping: false,
    finals: NO_FINALS,
  };
}

export function reduce(state: TuningState, event: TuningEvent): TuningState {
  switch (event.type) {
    case 'suggested': {
      const planned = event.combinations.map((combination, i) => ({
        experimentId: state.nextExperimentId + i,
        combination,
      }));
      return {
        ...state,
        cursor: event.cursor,
        exhausted: event.exhausted,
        planned: [...state.planned, ...planned],
        nextExperimentId: state.nextExperimentId + planned.length,
        suggested: state.suggested + planned.length,
        // A verdict was on what there was.
        finals: { ...state.finals, verdict: null },
      };
    }
    case 'baseline': {
      const { combination } = event;
      return { ...state, planned: [{ experimentId: 0, role: 'baseline', combination }, ...state.planned] };
    }
    case 'judged': {
      const planned = event.experiments.map(({ combination, of, round }, i) => ({
        ...{ experimentId: state.nextExperimentId + i, role: 'final' as const, of, round },
        combination,
      }));
      return {
        ...state,
        planned: [...state.planned, ...planned],
        nextExperimentId: state.nextExperimentId + planned.length,
        finals: { ...state.finals, verdict: event.verdict },
      };
    }
    case 'kept': {
      const { of, again, nextExperimentId, counts, failures, best, finals } = event;
      const kept = { ...state, nextExperimentId, counts, failures, best, finals, retry: { of, left: again } };
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
      return finish(state, event.outcome);
    case 'abandoned':
      return { ...state, running: state.running.filter((item) => item.experimentId !== event.experimentId) };
    case 'paused':
      return { ...state, paused: true };
    case 'resumed':
      return { ...state, paused: false };
    case 'stopped':
      return { ...state, stopping: true, paused: false };
    case 'extended':
      return { ...state, maxIterations: state.maxIterations + event.by };
  }
}

function finish(state: TuningState, outcome: ExperimentOutcome): TuningState {
  const { experimentId, combination, status, score, failure } = outcome;
  const summary = {
    experimentId,
    ...roleOf(outcome),
    combination,
    status,
    score,
    failure: failure && { code: failure.code, message: failure.message },
    ...(outcome.leaks ? { leaks: outcome.leaks } : {}),
  };
  const noted = {
    ...state,
    running: state.running.filter((item) => item.experimentId !== experimentId),
    recent: [...state.recent, summary].slice(-RECENT),
    finals: noteOutcome(state.finals, outcome),
  };
  if (outcome.role) return noted;
  return {
    ...noted,
    counts: { ...state.counts, [status]: state.counts[status] + 1 },
    best: isBetter(outcome, state.best) ? outcome : state.best,
    failures: failure ? { ...state.failures, [failure.code]: (state.failures[failure.code] ?? 0) + 1 } : state.failures,
  };
}

/**
 * Lower scores win; on a tie the earlier experiment does, so that the order of completion does not matter. What is no finite number
 * never wins: nothing could be compared with it any more.
 */
export function isBetter(candidate: ExperimentOutcome, best: ExperimentOutcome | null): boolean {
  if (candidate.status !== 'succeeded' || candidate.score === null || !Number.isFinite(candidate.score)) return false;
  if (!best || best.score === null) return true;
  return candidate.score < best.score || (candidate.score === best.score && candidate.experimentId < best.experimentId);
}

export function finishedCount(state: TuningState): number {
  return Object.values(state.counts).reduce((sum, count) => sum + count, 0);
}

/** How many more experiments may be suggested. */
export function remainingBudget(state: TuningState): number {
  if (state.stopping) return 0;
  return state.retry ? state.retry.left : Math.max(0, state.maxIterations - state.suggested);
}

/** Whether the search may ask for more. */
export function maySearch(state: TuningState): boolean {
  return !state.exhausted && remainingBudget(state) > 0;
}

/** Whether something can be started, or asked for, now. */
export function hasWork(state: TuningState): boolean {
  if (state.planned.length > 0 || maySearch(state)) return true;
  return state.finals.verdict === null && state.running.length === 0;
}
