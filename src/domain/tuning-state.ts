/**
 * The state of a tune and how events change it: a pure reducer, so that the workflow, its replay and the tests agree. It stays
 * small however many experiments there were, since continue-as-new carries it; full outcomes live in the results store.
 */
import type { Combination } from './combination.js';
import type { ExperimentOutcome, Failure, Leak, OutcomeStatus } from './experiment.js';
import type { EndedEarly } from './load-step.js';
import type { Scoring } from './objective.js';
import { observationOf, type Observed } from './observation.js';
import { addToFront, compareScores } from './pareto.js';
import type { ScoreReference } from './score.js';
import type { SloReport } from './slo.js';

/** Outcomes shown as the latest ones. */
const RECENT = 20;
/** Members of the Pareto front that the state holds; the results file has all. */
const FRONT = 30;
/** Misses of an SLO that are kept of an experiment that is not the nearest. */
const MISSES = 3;
/** Experiments that are remembered for a strategy that learns: about 40 kB, which every suggestion and continue-as-new carries. */
export const MOST_OBSERVATIONS = 1000;

/** A combination with its experiment number. */
export interface Planned {
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
  readonly paused: boolean;
  readonly stopping: boolean;
  /** Absent unless it runs again what failed in an earlier run: that run's id, and how many are not planned yet. */
  readonly retry?: { readonly of: string; readonly left: number };
}

/** What the state of a retry knows of the experiments that it keeps. */
export type KeptSummary = Pick<TuningState, 'counts' | 'failures' | 'best' | 'front' | 'nearest' | 'reference'>;

export type TuningEvent =
  | {
      readonly type: 'suggested';
      readonly combinations: readonly Combination[];
      /** The number of each in the search space, from a strategy that learns. */
      readonly indices?: readonly number[];
      readonly cursor: number;
      readonly exhausted: boolean;
    }
  /** A run that repeats what failed earlier begins: with what it keeps, and how many experiments it runs again. */
  | ({ readonly type: 'kept'; readonly of: string; readonly again: number } & KeptSummary)
  /** Experiments that keep the numbers of their first try. */
  | {
      readonly type: 'suggested-again';
      readonly experiments: readonly Planned[];
      readonly cursor: number;
      readonly exhausted: boolean;
    }
  | { readonly type: 'started'; readonly experimentId: number }
  /** With the baseline comes what the others are told by, if the task asks for it. */
  | { readonly type: 'finished'; readonly outcome: ExperimentOutcome; readonly reference?: ScoreReference | undefined }
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
    counts: { succeeded: 0, infeasible: 0, failed: 0, cancelled: 0 },
    best: null,
    recent: [],
    failures: {},
    observations: [],
    unlearned: [],
    paused: false,
    stopping: false,
  };
}

export function reduce(state: TuningState, event: TuningEvent): TuningState {
  switch (event.type) {
    case 'suggested': {
      const planned = event.combinations.map((combination, i) => ({
        experimentId: state.nextExperimentId + i,
        combination,
        ...numbered(event.indices?.[i]),
      }));
      return {
        ...state,
        cursor: event.cursor,
        exhausted: event.exhausted,
        planned: [...state.planned, ...planned],
        nextExperimentId: state.nextExperimentId + planned.length,
      };
    }
    case 'kept': {
      const { of, again, counts, failures, best, front, nearest, reference } = event;
      const found = { best, ...given({ front, nearest, reference }) };
      const kept = { ...state, counts, failures, ...found, retry: { of, left: again } };
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
    case 'extended':
      return { ...state, maxIterations: state.maxIterations + event.by };
  }
}

function finish(state: TuningState, outcome: ExperimentOutcome): TuningState {
  const { experimentId, status, failure, slo } = outcome;
  const index = state.running.find((item) => item.experimentId === experimentId)?.index;
  const summary = summarize(outcome, slo && { ...slo, misses: slo.misses.slice(0, MISSES) });
  return {
    ...state,
    running: state.running.filter((item) => item.experimentId !== experimentId),
    counts: { ...state.counts, [status]: state.counts[status] + 1 },
    best: isBetter(outcome, state.best) ? outcome : state.best,
    ...frontWith(state.front, outcome),
    ...(isNearer(outcome, state.nearest) ? { nearest: summarize(outcome, slo) } : {}),
    recent: [...state.recent, summary].slice(-RECENT),
    ...remembered(state, outcome, index),
    failures: failure ? { ...state.failures, [failure.code]: (state.failures[failure.code] ?? 0) + 1 } : state.failures,
  };
}

function numbered(index: number | undefined): Pick<Planned, 'index'> {
  return index === undefined ? {} : { index };
}

/** Experiments without a number are those of strategies that do not learn, and those that nobody searched for. */
function remembered(
  { observations, unlearned }: TuningState,
  outcome: ExperimentOutcome,
  index: number | undefined
): Pick<TuningState, 'observations' | 'unlearned'> {
  if (index === undefined || observations.length + unlearned.length >= MOST_OBSERVATIONS)
    return { observations, unlearned };
  const observation = observationOf(outcome);
  if (!observation) return { observations, unlearned: [...unlearned, index] };
  const { scores, violation } = observation;
  return { observations: [...observations, { index, scores, violation }], unlearned };
}

/** Only what there is: a state without it stays as small as it was. */
function given<T extends object>(fields: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

function summarize(outcome: ExperimentOutcome, slo: SloReport | undefined): FinishedExperiment {
  const { experimentId, combination, status, score, scores = [], relative, failure, leaks, endedEarly } = outcome;
  return {
    experimentId,
    combination,
    status,
    score,
    ...(scores.length > 1 ? { scores } : {}),
    ...(relative ? { relative } : {}),
    ...(slo && slo.violation > 0 ? { slo } : {}),
    ...(endedEarly ? { endedEarly: { after: endedEarly.after, reason: endedEarly.reason } } : {}),
    failure: failure && { code: failure.code, message: failure.message },
    ...(leaks ? { leaks } : {}),
  };
}

function frontWith(front: TuningState['front'] = [], outcome: ExperimentOutcome): Pick<TuningState, 'front'> {
  const { experimentId, combination, status, scores = [] } = outcome;
  if (status !== 'succeeded' || scores.length < 2 || !scores.every(Number.isFinite))
    return front.length > 0 ? { front } : {};
  const next = addToFront(front, { experimentId, combination, scores }, (member) => member.scores, FRONT);
  return { front: next.sort((a, b) => a.experimentId - b.experimentId) };
}

/**
 * Lower scores win, those of the first objective before the next; on a tie the earlier experiment does, so that the order of completion
 * does not matter. What is no finite number never wins: nothing could be compared with it any more.
 */
export function isBetter(candidate: ExperimentOutcome, best: ExperimentOutcome | null): boolean {
  const [mine, others] = [scoresOf(candidate), best && scoresOf(best)];
  if (candidate.status !== 'succeeded' || mine.length === 0 || !mine.every(Number.isFinite)) return false;
  if (!best || !others || others.length === 0) return true;
  return (compareScores(mine, others) || candidate.experimentId - best.experimentId) < 0;
}

/** The smaller violation is nearer, on a tie the better score, then the earlier experiment. */
export function isNearer(
  candidate: Pick<ExperimentOutcome, 'experimentId' | 'status' | 'score' | 'slo'>,
  nearest: Pick<ExperimentOutcome, 'experimentId' | 'score' | 'slo'> | undefined
): boolean {
  if (candidate.status !== 'infeasible' || !candidate.slo || candidate.slo.violation === 0) return false;
  if (!nearest?.slo) return true;
  const further = candidate.slo.violation - nearest.slo.violation;
  const worse = (candidate.score ?? Infinity) - (nearest.score ?? Infinity);
  return (further || worse || candidate.experimentId - nearest.experimentId) < 0;
}

/** Outcomes of earlier versions have one score and no list of them. */
function scoresOf({ score, scores }: Pick<ExperimentOutcome, 'score' | 'scores'>): readonly number[] {
  return scores ?? (score === null ? [] : [score]);
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
  return state.retry ? state.retry.left : Math.max(0, state.maxIterations - (state.nextExperimentId - 1));
}
