import { metricOf, type Measurement, type Metric, type Statistic } from './measurement.js';
import type { ObjectiveSpec } from './task.schema.js';

/** The general form of an objective. */
export interface Objective {
  readonly metric: Metric;
  readonly statistic: Statistic;
  readonly direction: 'minimize' | 'maximize';
}

/**
 * The prototype's names in the general form: `minimize_latency` is the mean end-to-end latency, `maximize_throughput` the output
 * tokens per second. The score of a `max_load` is the concurrency of the one load that it has measured in the end.
 */
export function resolveObjective(spec: ObjectiveSpec): Objective {
  if (spec === 'minimize_latency') return { metric: 'e2e_latency', statistic: 'mean', direction: 'minimize' };
  if (spec === 'maximize_throughput') return { metric: 'output_throughput', statistic: 'mean', direction: 'maximize' };
  if ('max_load' in spec) return { metric: 'max_load', statistic: 'mean', direction: 'maximize' };
  return spec;
}

/**
 * The score of an experiment: the mean of the objective's metric over all its loads. Lower is better, so what is maximised is
 * negated, as in the prototype.
 * @returns NaN when there is no measurement.
 */
export function scoreOf(measurements: readonly Measurement[], objective: Objective): number {
  const sum = measurements.reduce(
    (total, measurement) => total + metricOf(measurement, objective.metric, objective.statistic),
    0
  );
  const mean = sum / measurements.length;
  return objective.direction === 'maximize' ? -mean : mean;
}

/** `e2e latency (mean): 1.234 s`, the score turned back into what it measures. */
export function describeScore(score: number, objective: Objective): string {
  const value = objective.direction === 'maximize' ? -score : score;
  return `${describeObjective(objective)} ${formatMetric(value, objective.metric)}`;
}

/** `e2e latency mean`, `output throughput`. */
export function describeObjective({ metric, statistic }: Objective): string {
  return `${metric.replaceAll('_', ' ')}${hasDistribution(metric) ? ` ${statistic}` : ''}`;
}

export function hasDistribution(metric: Metric): boolean {
  return metric === 'ttft' || metric === 'tpot' || metric === 'e2e_latency';
}

/** A value with its unit; times below one second in milliseconds. */
export function formatMetric(value: number, metric: Metric): string {
  if (hasDistribution(metric)) return value < 1 ? `${(value * 1000).toFixed(1)} ms` : `${value.toFixed(3)} s`;
  if (metric === 'max_load') return `${value} at once`;
  if (metric === 'error_rate') return `${(value * 100).toFixed(1)} %`;
  return `${value.toFixed(2)} ${metric === 'request_throughput' ? 'req/s' : 'tok/s'}`;
}
