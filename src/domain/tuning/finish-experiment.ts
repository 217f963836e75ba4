/** What the outcome of an experiment changes in the state of its tune. */
import { roleOf, type ExperimentOutcome } from './experiment.js';
import { observationOf } from './observation.js';
import { addToFront } from '../scoring/pareto.js';
import { isBetter, isNearer } from './ranking.js';
import { noteSurroundings } from '../reuse/reuse.js';
import type { SloReport } from '../scoring/slo.js';
import type { FinishedExperiment, TuningState } from './tuning-state.js';
import { noteUsage } from '../budget/usage.js';
import { noteOutcome } from '../verdict/finals-state.js';

/** Outcomes shown as the latest ones. */
const RECENT = 20;
/** Members of the Pareto front that the state holds; the results file has all. */
const FRONT = 30;
/** Misses of an SLO that are kept of an experiment that is not the nearest. */
const MISSES = 3;
/** Experiments that are remembered for a strategy that learns: about 40 kB, which every suggestion and continue-as-new carries. */
export const MOST_OBSERVATIONS = 1000;

/** The baseline and the finals count for the verdict only; all else is of the search. */
export function finish(state: TuningState, outcome: ExperimentOutcome): TuningState {
  const { experimentId, status, failure, slo } = outcome;
  const index = state.running.find((item) => item.experimentId === experimentId)?.index;
  const summary = summarize(outcome, slo && { ...slo, misses: slo.misses.slice(0, MISSES) });
  const noted = {
    ...state,
    running: state.running.filter((item) => item.experimentId !== experimentId),
    recent: [...state.recent, summary].slice(-RECENT),
    finals: noteOutcome(state.finals, outcome, index),
    usage: noteUsage(state.usage, outcome),
    ...(state.reuse ? { reuse: noteSurroundings(state.reuse, outcome) } : {}),
  };
  if (outcome.role) return noted;
  return {
    ...noted,
    counts: { ...state.counts, [status]: state.counts[status] + 1 },
    best: isBetter(outcome, state.best) ? outcome : state.best,
    ...frontWith(state.front, outcome),
    ...(isNearer(outcome, state.nearest) ? { nearest: summarize(outcome, slo) } : {}),
    ...remembered(state, outcome, index),
    failures: failure ? { ...state.failures, [failure.code]: (state.failures[failure.code] ?? 0) + 1 } : state.failures,
  };
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

function summarize(outcome: ExperimentOutcome, slo: SloReport | undefined): FinishedExperiment {
  const { experimentId, combination, status, score, scores = [], relative, failure, leaks, endedEarly } = outcome;
  return {
    experimentId,
    ...roleOf(outcome),
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
