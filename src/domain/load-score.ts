/** What one load says by itself: its score, and which SLO it misses. The only contact of the load plan with objectives and SLOs. */
import { describeLoad, metricOf, type Measurement } from './measurement.js';
import { formatMetric, resolveObjective, scoreOf } from './objective.js';
import type { TuningTask } from './task.schema.js';

/** Lower is better. */
export function scoreOfLoad(task: TuningTask, measurement: Measurement): number {
  return scoreOf([measurement], resolveObjective(task.optimization.objective));
}

/** `ttft p95 561.5 ms is above 500.0 ms under D(100,100) at 4`: the first SLO that the load misses, or null when all hold. */
export function describeMiss({ slos }: TuningTask, measurement: Measurement): string | null {
  for (const { metric, statistic = 'mean', max = Infinity, min = -Infinity } of slos ?? []) {
    const value = metricOf(measurement, metric, statistic);
    if (value <= max && value >= min) continue;
    const limit = value > max ? `above ${formatMetric(max, metric)}` : `below ${formatMetric(min, metric)}`;
    return `${metric} ${statistic} ${formatMetric(value, metric)} is ${limit} under ${describeLoad(measurement)}`;
  }
  return null;
}
