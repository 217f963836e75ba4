/** From measurements to scores. Lower is better, so what is maximised is negated, as in the prototype. */
import { weightOf } from '../loads/load-filter.js';
import type { Measurement } from '../loads/measurement.js';
import { LEAST, quantityOf, type Footprint } from '../loads/metric.js';
import { goalsOf, type Goal, type Objective, type Scoring } from './objective.js';

/** What was measured with one combination. */
export interface Measured {
  readonly measurements: readonly Measurement[];
  /** Null where nothing is asked that needs it. */
  readonly footprint: Footprint | null;
}

/** The baseline's values that the worst load is told by: for each objective and goal, one per load. Small: it goes into histories. */
export type ScoreReference = readonly (readonly (readonly number[])[])[];

/** @returns undefined when the scoring needs none, or the baseline was not measured with the same number of loads. */
export function referenceOf(baseline: Measured | null, scoring: Scoring, loads: number): ScoreReference | undefined {
  if (scoring.over_loads !== 'worst' || baseline?.measurements.length !== loads) return undefined;
  return scoring.objectives.map((objective) => goalsOf(objective).map((goal) => valuesOf(baseline, goal)));
}

/** One score per objective. @param reference given or not to every experiment of a tune, or their scores could not be compared. */
export function scoresOf(measured: Measured, scoring: Scoring, reference?: ScoreReference): number[] {
  return scoring.objectives.map((objective, i) => scoreOf(measured, objective, scoring, reference?.[i]));
}

/**
 * One number for an objective.
 *
 * A single goal: the mean, the weighted mean or the worst of its values over the loads; with a reference, the worst of their ratios to it.
 *
 * A weighted one: `sum(w * s * ln(value / reference)) / sum(w)` with s = 1 for what is minimised and -1 for what is maximised, which is
 * the logarithm of the weighted geometric mean of the gains. Of all means of ratios it is the one with which the order of two
 * combinations does not depend on what they are compared with (Fleming and Wallace, "How not to lie with statistics", CACM 29(3), 1986).
 * The mean over the loads is taken first; the worst load is that with the largest sum.
 * @returns NaN when there is no measurement.
 */
export function scoreOf(
  measured: Measured,
  objective: Objective,
  scoring: Pick<Scoring, 'over_loads' | 'load_weights'>,
  reference?: ScoreReference[number]
): number {
  const goals = goalsOf(objective);
  if (measured.measurements.length === 0) return NaN;
  const values = goals.map((goal) => valuesOf(measured, goal));
  const isWeighted = 'weighted' in objective;
  if (scoring.over_loads !== 'worst') {
    const weights = measured.measurements.map((load) => weightOf(load, scoring.load_weights));
    const means = values.map((of) => (scoring.over_loads === 'weighted' ? weightedMean(of, weights) : mean(of)));
    return isWeighted ? logarithmic(means, objective.weighted) : signed(means[0] ?? NaN, goals[0] as Goal);
  }
  const perLoad = measured.measurements.map((_, load) => {
    const here = values.map((of, goal) => ratio(of[load] ?? NaN, reference?.[goal]?.[load]));
    return isWeighted ? logarithmic(here, objective.weighted) : signed(here[0] ?? NaN, goals[0] as Goal);
  });
  return Math.max(...perLoad);
}

/** A score such that the ratio of two says how many times as bad one is: that of a weighted objective is the logarithm of such a number. */
export function ratioScore(score: number, objective: Objective | undefined): number {
  return objective && 'weighted' in objective ? Math.exp(score) : score;
}

/** The inverse of `ratioScore`. */
export function fromRatioScore(ratio: number, objective: Objective | undefined): number {
  return objective && 'weighted' in objective ? Math.log(ratio) : ratio;
}

function valuesOf({ measurements, footprint }: Measured, goal: Goal): number[] {
  return measurements.map((measurement) => quantityOf(measurement, goal, footprint));
}

function logarithmic(values: readonly number[], goals: Extract<Objective, { weighted: unknown }>['weighted']): number {
  const total = goals.reduce((sum, { weight }) => sum + weight, 0);
  const sum = goals.reduce((all, goal, i) => {
    const gain = Math.log(Math.max(LEAST, values[i] ?? NaN) / (goal.reference ?? 1));
    return all + goal.weight * signed(gain, goal);
  }, 0);
  return sum / total;
}

function signed(value: number, { direction }: Goal): number {
  return direction === 'maximize' ? -value : value;
}

function ratio(value: number, reference: number | undefined): number {
  return reference === undefined ? value : Math.max(LEAST, value) / Math.max(LEAST, reference);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function weightedMean(values: readonly number[], weights: readonly number[]): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return values.reduce((sum, value, i) => sum + value * (weights[i] ?? 0), 0) / total;
}
