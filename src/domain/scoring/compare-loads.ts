/** Where a combination gains against another, and where it loses. */
import { isSameLoad, loadOf, type Load } from '../loads/load.js';
import { quantityOf, type Quantity } from '../loads/metric.js';
import { goalsOf, type Objective } from './objective.js';
import type { Measured } from './score.js';

/** One goal at one load. */
export interface LoadComparison extends Load, Quantity {
  readonly value: number;
  readonly baseline: number;
  /** How much better than the baseline, relative to it: 0.1 is 10 % less latency or 10 % more throughput; negative where it loses. */
  readonly gain: number;
}

/**
 * Compares two outcomes by every goal of the objectives at every load that both have, in the order of the loads. Single measurements:
 * a small gain may be noise, which the verdict tells.
 */
export function compareLoads(best: Measured, baseline: Measured, objectives: readonly Objective[]): LoadComparison[] {
  const goals = objectives.flatMap(goalsOf);
  return best.measurements.flatMap((measurement) => {
    const other = baseline.measurements.find((load) => isSameLoad(load, measurement));
    if (!other) return [];
    return goals.map(({ metric, statistic, direction, per_accelerator, currency }): LoadComparison => {
      const quantity = {
        metric,
        statistic,
        ...(per_accelerator ? { per_accelerator } : {}),
        ...(currency === undefined ? {} : { currency }),
      };
      const value = quantityOf(measurement, quantity, best.footprint);
      const before = quantityOf(other, quantity, baseline.footprint);
      const change = before === 0 ? (value === 0 ? 0 : Math.sign(value)) : (value - before) / before;
      return {
        ...quantity,
        ...loadOf(measurement),
        value,
        baseline: before,
        gain: direction === 'maximize' ? change : 0 - change,
      };
    });
  });
}
