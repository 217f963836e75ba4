/**
 * The state of a tune. It stays small however many experiments there were, since continue-as-new carries it; full outcomes live in the
 * results store. reduce.ts changes it.
 */
import type { Combination } from '../space/combination.js';
import type { ExperimentOutcome, Failure, Leak, OutcomeStatus, Role } from './experiment.js';
import type { EndedEarly } from '../loads/load-step.js';
import type { Scoring } from '../scoring/objective.js';
import type { Observed } from './observation.js';
import type { ReuseState } from '../reuse/reuse.js';
import type { ScoreReference } from '../scoring/score.js';
import type { SloReport } from '../scoring/slo.js';
import type { Clock } from '../budget/clock.js';
import type { Ended } from '../budget/ended.js';
import { UNUSED, type Usage } from '../budget/usage.js';
import { NO_FINALS, type FinalsState } from '../verdict/finals-state.js';

/** A combination with its experiment number, and why it is measured. */
export interface Planned extends Role {
  readonly experimentId: number;
  readonly combination: Combination;
  /** The combination's number in the search space; absent where the strategy does not learn. */
  readonly index?: number;
}

export interface FinishedExperiment extends Omit<Planned, 'index'> {
  readonly status: OutcomeStatus;
  readonly score: number | null;
  /** Absent with one objective. */
  readonly scores?: readonly number[] | undefined;
  readonly relative?: boolean | undefined;
  /** Absent unless it misses an SLO. */
  readonly slo?: SloReport;
  /** Absent unless it ended before its last load; its score is an estimate then. */
  readonly endedEarly?: Pick<EndedEarly, 'after' | 'reason'>;
  readonly failure: Omit<Failure, 'evidence'> | null;
  readonly leaks?: readonly Leak[];
}

/** An experiment that nothing dominates. */
export interface FrontMember extends Planned {
  readonly scores: readonly number[];
}

export interface TuningState extends Clock {
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
  /** With several objectives: what no other experiment beats in all of them, by number; at most thirty, well spread. */
  readonly front?: readonly FrontMember[];
  /** Of those that miss an SLO, the one that misses it the least; absent while there is none. */
  readonly nearest?: FinishedExperiment;
  /** What the worst load is told by; absent unless the task asks for it and the baseline was measured. */
  readonly reference?: ScoreReference;
  /** The latest outcomes, the newest last. */
  readonly recent: readonly FinishedExperiment[];
  /** Failed experiments by failure code. */
  readonly failures: Readonly<Record<string, number>>;
  /** What a strategy that learns has learned; empty for the others, so that a grid of 10,000 stays small. At most MOST_OBSERVATIONS. */
  readonly observations: readonly Observed[];
  /** Numbers of combinations that were tried and taught nothing: they are not suggested again. Counted with the observations. */
  readonly unlearned: readonly number[];
  /** What earlier tunes have learned; absent where nothing is reused. */
  readonly reuse?: ReuseState;
  readonly paused: boolean;
  readonly stopping: boolean;
  /** What its experiments have used; a retry counts its own. */
  readonly usage: Usage;
  /** What the model expected of its latest suggestions, as shares of the best; empty while it expects nothing. */
  readonly expected: readonly number[];
  /** Set when the search or the finals end before all is done that was allowed. */
  readonly ended?: Ended;
  /** What the verdict is made of. */
  readonly finals: FinalsState;
  /** Absent unless it runs again what failed in an earlier run: that run's id, and how many are not planned yet. */
  readonly retry?: { readonly of: string; readonly left: number };
}

/** What the state of a retry knows of the experiments that it keeps. */
export type KeptSummary = Pick<
  TuningState,
  'counts' | 'failures' | 'best' | 'front' | 'nearest' | 'reference' | 'finals'
>;

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
    observations: [],
    unlearned: [],
    paused: false,
    stopping: false,
    usage: UNUSED,
    expected: [],
    pausedMs: 0,
    finals: NO_FINALS,
  };
}

export function finishedCount(state: TuningState): number {
  return Object.values(state.counts).reduce((sum, count) => sum + count, 0);
}

/** Whether others must wait for the baseline, by which their worst load is told: scores of two kinds could not be compared. */
export function awaitsBaseline(state: TuningState, { over_loads }: Pick<Scoring, 'over_loads'>): boolean {
  return over_loads === 'worst' && state.running.some(({ experimentId }) => experimentId === 0);
}

/** How many more experiments may be suggested. */
export function remainingBudget(state: TuningState): number {
  if (state.stopping) return 0;
  return state.retry ? state.retry.left : Math.max(0, state.maxIterations - state.suggested);
}

/** Whether the search may ask for more. */
export function maySearch(state: TuningState): boolean {
  return !state.exhausted && !state.ended && remainingBudget(state) > 0;
}

/** Whether something can be started, or asked for, now. */
export function hasWork(state: TuningState): boolean {
  if (state.planned.length > 0 || maySearch(state)) return true;
  return state.finals.verdict === null && state.running.length === 0;
}
