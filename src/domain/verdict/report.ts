/** The verdict with every load, made from the outcomes of a tune. */
import type { ExperimentOutcome } from '../tuning/experiment.js';
import { footprintOf } from '../space/footprint.js';
import { scoreOfLoad } from '../scoring/load-score.js';
import { isSameLoad, loadsOf, type Load } from '../loads/load.js';
import type { Measurement } from '../loads/measurement.js';
import { hasDistribution, type Footprint } from '../loads/metric.js';
import { scoringOf, type Objective } from '../scoring/objective.js';
import type { TuningTask } from '../task/task.schema.js';
import { areComparable, asGain, BASELINE, compare, levelOf, type Precision } from './compare.js';
import { NO_FINALS, noteOutcome } from './finals-state.js';
import { standardDeviation } from './noise.js';
import { standingOf, verdictSoFar } from './plan-finals.js';
import { verificationOf } from './settings.js';
import type { Gain, Verdict } from './verdict.js';

/**
 * One load of the verdict. Values are geometric means over the rounds, in the unit of the objective's metric; of a weighted one they are
 * its score without the logarithm.
 */
export interface LoadVerdict extends Load {
  readonly baseline: number | null;
  readonly compared: number | null;
  /** Its interval holds for this load by itself: it makes no allowance for the number of loads. */
  readonly gain: Gain | null;
  /** Standard deviation of one measurement on a fresh start, in per cent. */
  readonly noise_percent: number | null;
  /** The part of it that comes from the requests within one start, in per cent; null where the metric does not tell. */
  readonly within_start_percent: number | null;
}

export interface VerdictReport extends Verdict {
  readonly loads: readonly LoadVerdict[];
}

/** A measurement of the finals, or of an A/A tune. */
interface Repeated {
  readonly of: number;
  readonly round: number;
  readonly measurements: readonly Measurement[];
  readonly footprint: Footprint | null;
}

/** @param otherwise what it says where the finals have not decided. */
export function reportVerdict(
  task: TuningTask,
  outcomes: readonly ExperimentOutcome[],
  otherwise: Parameters<typeof verdictSoFar>[2]
): VerdictReport {
  const settings = verificationOf(task);
  const state = outcomes.reduce(noteOutcome, NO_FINALS);
  const verdict = verdictSoFar(settings, state, otherwise);
  const isNoise = verdict.kind === 'noise';
  if (verdict.compared === null && !isNoise) return { ...verdict, loads: [] };
  const repeated = outcomes.flatMap(({ role, of = BASELINE, round = 0, measurements, combination }): Repeated[] =>
    role === 'final' || (role === 'baseline' && isNoise)
      ? [{ of, round, measurements, footprint: footprintOf(task, combination) }]
      : []
  );
  const { precision } = standingOf(settings, state);
  return {
    ...verdict,
    loads: loadsOf(task.benchmark).map((load) =>
      reportLoad(task, load, { repeated, compared: verdict.compared, precision })
    ),
  };
}

interface Finals {
  readonly repeated: readonly Repeated[];
  readonly compared: number | null;
  readonly precision: Precision;
}

function reportLoad(task: TuningTask, load: Load, { repeated: all, compared, precision }: Finals): LoadVerdict {
  const [objective] = scoringOf(task).objectives;
  const isNegated = objective !== undefined && !('weighted' in objective) && objective.direction === 'maximize';
  const repeated = all.flatMap(({ of, round, measurements, footprint }) => {
    const measurement = measurements.find((one) => isSameLoad(one, load));
    return measurement ? [{ of, round, measurement, score: scoreOfLoad(task, measurement, footprint) }] : [];
  });
  const within = repeated.map(({ measurement }) => withinStart(measurement, objective));
  const isTold = repeated.length > 0 && areComparable(repeated.map(({ score }) => score));
  const nothing = { ...load, baseline: null, compared: null, gain: null, noise_percent: null };
  const within_start_percent = within.every((one) => one !== null) && within.length > 0 ? rootMeanSquare(within) : null;
  if (!isTold) return { ...nothing, within_start_percent };
  const cells = repeated.map(({ of, round, score }) => ({ treatment: of, block: round, value: levelOf(score) ?? NaN }));
  const valueOf = (treatment: number | null): number | null => {
    const own = cells.filter((cell) => cell.treatment === treatment).map((cell) => cell.value);
    if (own.length === 0) return null;
    const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
    return Math.exp(isNegated ? -mean : mean);
  };
  const { layout, of } = compare(cells, precision);
  const comparison = of.find((one) => one.of === compared);
  const deviation =
    compared === null
      ? standardDeviation(cells.map((cell) => cell.value))
      : layout.degreesOfFreedom > 0
        ? Math.sqrt(layout.variance)
        : null;
  return {
    ...load,
    baseline: valueOf(BASELINE),
    compared: valueOf(compared),
    gain: comparison ? asGain(comparison, isNegated) : null,
    noise_percent: deviation === null || Number.isNaN(deviation) ? null : 100 * deviation,
    within_start_percent,
  };
}

/** Standard error of a mean over requests, in per cent of it. */
function withinStart(measurement: Measurement, objective: Objective | undefined): number | null {
  if (!objective || 'weighted' in objective || objective.statistic !== 'mean') return null;
  if (!hasDistribution(objective.metric)) return null;
  const { mean, stddev } = measurement[`${objective.metric}_s`];
  const { completed_requests: count } = measurement;
  return mean > 0 && count > 0 ? (100 * stddev) / Math.sqrt(count) / mean : null;
}

function rootMeanSquare(values: readonly (number | null)[]): number {
  return Math.sqrt(values.reduce<number>((sum, value) => sum + (value ?? 0) ** 2, 0) / values.length);
}
