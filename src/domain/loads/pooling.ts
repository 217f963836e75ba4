import { poolEngineMetrics } from './engine-metrics.js';
import { loadOf } from './load.js';
import type { Distribution, Measurement, Repeats } from './measurement.js';

const SUMS = ['duration_s', 'completed_requests', 'failed_requests', 'disturbances'];

/**
 * One measurement out of several of the same load in one engine start. Counts and durations are added up. Rates, means and percentiles
 * are the mean over the repeats, each counting the same: a percentile is so that of a typical repeat, and one bad repeat cannot make
 * up the whole tail. `min` and `max` are those of all. `stddev` is that of all requests: within the repeats and between them.
 * @throws RangeError without a measurement.
 */
export function pool(measurements: readonly Measurement[]): Measurement {
  const [first] = measurements;
  if (!first) throw new RangeError('there is nothing to pool');
  if (measurements.length === 1) return first;
  const names = [...new Set(measurements.flatMap((measurement) => Object.keys(measurement)))];
  const pooled: Record<string, unknown> = {};
  for (const name of names) {
    const values = measurements.map((measurement) => (measurement as unknown as Record<string, unknown>)[name]);
    if (values.every((value) => isDistribution(value))) pooled[name] = together(values);
    else if (values.some((value) => typeof value === 'number')) {
      const numbers = values.filter((value) => typeof value === 'number');
      pooled[name] = SUMS.includes(name) ? sum(numbers) : mean(numbers);
    } else pooled[name] = values[0];
  }
  const completed = sum(measurements.map((measurement) => measurement.completed_requests));
  const failed = sum(measurements.map((measurement) => measurement.failed_requests));
  const engineMetrics = poolEngineMetrics(measurements.map((measurement) => measurement.engine_metrics));
  return {
    ...(pooled as unknown as Measurement),
    ...loadOf(first),
    ...(measurements.some(({ saturated }) => saturated) ? { saturated: true } : {}),
    error_rate: completed + failed === 0 ? 0 : failed / (completed + failed),
    error_codes: added(measurements.map((measurement) => measurement.error_codes)),
    repeats: spreadOf(measurements),
    ...(engineMetrics ? { engine_metrics: engineMetrics } : {}),
  };
}

function together(repeats: readonly Distribution[]): Distribution {
  const middle = mean(repeats.map((repeat) => repeat.mean));
  const names = Object.keys(repeats[0] ?? {}) as (keyof Distribution)[];
  return {
    ...(Object.fromEntries(
      names.map((name) => [name, mean(repeats.map((repeat) => repeat[name]))])
    ) as unknown as Distribution),
    mean: middle,
    stddev: Math.sqrt(mean(repeats.map((repeat) => repeat.stddev ** 2 + (repeat.mean - middle) ** 2))),
    min: Math.min(...repeats.map((repeat) => repeat.min)),
    max: Math.max(...repeats.map((repeat) => repeat.max)),
  };
}

/** Of every metric: the standard deviation (n - 1) of its means, relative to their mean; of what is 0 throughout there is none. */
function spreadOf(measurements: readonly Measurement[]): Repeats {
  const spread: Record<string, number> = {};
  for (const [name, value] of Object.entries(measurements[0] ?? {})) {
    if (!isDistribution(value) && !/_per_s$/.test(name)) continue;
    const means = measurements.map((measurement) => {
      const own = (measurement as unknown as Record<string, unknown>)[name];
      return isDistribution(own) ? own.mean : Number(own);
    });
    const middle = mean(means);
    const squares = sum(means.map((one) => (one - middle) ** 2));
    if (middle > 0) spread[name] = Math.sqrt(squares / (means.length - 1)) / middle;
  }
  return { count: measurements.length, spread };
}

function added(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const [name, count] of counts.flatMap((of) => Object.entries(of))) total[name] = (total[name] ?? 0) + count;
  return total;
}

function isDistribution(value: unknown): value is Distribution {
  return typeof value === 'object' && value !== null && 'p50' in value;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
