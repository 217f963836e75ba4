/** Experiments that cannot win any more end before their heavier loads: only where the task says so. */
import type { ExperimentOutcome } from '../tuning/experiment.js';
import { footprintOf } from '../space/footprint.js';
import { missOfLoad, scoreOfLoad } from '../scoring/load-score.js';
import type { EndedEarly } from './load-step.js';
import { describeLoad, isSameLoad, loadOf, type Load } from './load.js';
import type { Measurement } from './measurement.js';
import type { Footprint } from './metric.js';
import { scoringOf } from '../scoring/objective.js';
import { fromRatioScore, ratioScore } from '../scoring/score.js';
import type { TuningTask } from '../task/task.schema.js';

/** What an experiment knows of its tune, so that it can tell that it cannot win. Small: it travels in every experiment's input. */
export interface Standing {
  /** Null while nothing has succeeded. */
  readonly best: {
    readonly experimentId: number;
    readonly score: number;
    readonly loads: readonly (Load & { readonly score: number })[];
  } | null;
}

/** A measurement is never taken for more exact than this, relative to itself. */
const LEAST_ERROR = 0.02;

/** @returns undefined where the task lets no experiment end early. */
export function standingOf(task: TuningTask, best: ExperimentOutcome | null): Standing | undefined {
  if (!task.optimization.early_end) return undefined;
  if (best?.score == null) return { best: null };
  const { experimentId, combination, score, measurements } = best;
  const footprint = footprintOf(task, combination);
  const loads = measurements.map((measurement) => ({
    ...loadOf(measurement),
    score: scoreOfLoad(task, measurement, footprint),
  }));
  return { best: { experimentId, score, loads } };
}

/** By how much worse than the best an experiment must be to end: 0.5 is a latency 1.5 times as long, a throughput 1.5 times as low. */
export function worseBy({ optimization: { early_end: earlyEnd } }: TuningTask): number {
  return typeof earlyEnd === 'object' ? earlyEnd.worse_by : 0.5;
}

/**
 * Judges an experiment by the loads that it has measured. A missed SLO decides, since the experiment is infeasible whatever comes. So
 * does being behind the best by more than `worseBy` on these loads (the geometric mean of the ratios per load, so that no load
 * outweighs the others by its size), after two standard errors were allowed for on both sides.
 */
export function judge(
  task: TuningTask,
  measured: readonly Measurement[],
  { best }: Standing,
  footprint: Footprint | null
): EndedEarly | null {
  const last = measured.at(-1);
  if (!last) return null;
  const behind = best && behindBy(task, measured, best.loads, footprint);
  const score = best && behind ? estimate(task, best.score, behind.ratio) : null;
  const after = describeLoad(last);
  const missed = measured.map((measurement) => missOfLoad(task, measurement, footprint)).find((miss) => miss !== null);
  if (missed !== undefined) return { kind: 'slo', after, reason: missed, score };
  if (!best || !behind || behind.ratio / (1 + 2 * behind.error) <= 1 + worseBy(task)) return null;
  const reason = `${behind.ratio.toFixed(2)} times as bad as experiment ${best.experimentId} on the same loads`;
  return { kind: 'hopeless', after, reason, score };
}

/** How many times as bad as the best it is, and the relative standard error of that. Null without a load in common. */
function behindBy(
  task: TuningTask,
  measured: readonly Measurement[],
  loads: readonly (Load & { readonly score: number })[],
  footprint: Footprint | null
): { readonly ratio: number; readonly error: number } | null {
  const logs: number[] = [];
  let squares = 0;
  for (const measurement of measured) {
    const other = loads.find((load) => isSameLoad(load, measurement));
    const ratio = other && badness(scoreOfLoad(task, measurement, footprint), other.score);
    if (ratio === undefined || !Number.isFinite(Math.log(ratio))) continue;
    logs.push(Math.log(ratio));
    squares += 2 * relativeError(measurement) ** 2;
  }
  if (logs.length === 0) return null;
  const ratio = Math.exp(logs.reduce((sum, value) => sum + value, 0) / logs.length);
  return { ratio, error: Math.sqrt(squares) / logs.length };
}

/** Scores are lower for better, and negative where something is maximised. */
function badness(score: number, best: number): number {
  return best < 0 ? best / score : score / best;
}

function estimate(task: TuningTask, best: number, ratio: number): number {
  const [objective] = scoringOf(task).objectives;
  const score = ratioScore(best, objective);
  return fromRatioScore(score < 0 ? score / ratio : score * ratio, objective);
}

/**
 * That of the mean end-to-end latency. With a fixed number of requests in flight the throughput is their number over that latency
 * (Little's law), so that it stands for the throughput, too.
 */
function relativeError({ e2e_latency_s: { mean, stddev }, completed_requests: count }: Measurement): number {
  const error = mean > 0 && count > 0 ? stddev / mean / Math.sqrt(count) : 0;
  return Math.max(LEAST_ERROR, error);
}
