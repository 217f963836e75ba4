/** Limits that a combination must hold, and by how much one misses them. */
import { describeFilter, isAbout } from '../loads/load-filter.js';
import { describeLoad, loadOf, type Load } from '../loads/load.js';
import { describeQuantity, formatQuantity, isCost, quantityOf, type Quantity } from '../loads/metric.js';
import type { Measured } from './score.js';
import type { SloSpec } from '../task/slo.schema.js';
import type { TuningTask } from '../task/task.schema.js';

/** A limit on a quantity, for every load that it is about. Exactly one of `max` and `min` is given. */
export interface Slo extends Quantity {
  readonly max?: number | undefined;
  readonly min?: number | undefined;
  readonly loads?: SloSpec['loads'];
}

/** A limit that was missed, at the load that missed it the most. */
export interface Miss extends Load, Quantity {
  readonly max?: number | undefined;
  readonly min?: number | undefined;
  readonly value: number;
  /** By how much, relative to the limit: 0.2 is 20 %. Above 0. */
  readonly violation: number;
  /** How many loads miss it. */
  readonly missed_loads: number;
}

/** How far a combination is from holding every limit. */
export interface SloReport {
  /** That of the limit missed the most; 0 when all hold. */
  readonly violation: number;
  /** One per limit that was missed, the worst first. */
  readonly misses: readonly Miss[];
}

/** The limits of a task. */
export function slosOf({ slos, cost }: Pick<TuningTask, 'slos' | 'cost'>): readonly Slo[] {
  return (slos ?? []).map(({ metric, statistic = 'mean', max, min, per_accelerator, loads }) => ({
    metric,
    statistic,
    ...(max === undefined ? { min } : { max }),
    ...(per_accelerator ? { per_accelerator } : {}),
    ...(isCost(metric) && cost ? { currency: cost.currency } : {}),
    ...(loads ? { loads } : {}),
  }));
}

/** Compares what was measured with the limits. A limit on loads that were not measured is not missed. */
export function checkSlos({ measurements, footprint }: Measured, slos: readonly Slo[]): SloReport {
  const misses = slos.flatMap(({ loads = {}, ...limit }): Miss[] => {
    const missed = measurements
      .filter((load) => isAbout(loads, load))
      .map((load) => ({ load, value: quantityOf(load, limit, footprint) }))
      .map(({ load, value }) => ({ load, value, violation: violationOf(value, limit) }))
      .filter(({ violation }) => violation > 0)
      .sort((a, b) => b.violation - a.violation);
    const [worst] = missed;
    if (!worst) return [];
    const { value, violation } = worst;
    return [{ ...limit, ...loadOf(worst.load), value, violation, missed_loads: missed.length }];
  });
  misses.sort((a, b) => b.violation - a.violation);
  return { violation: misses[0]?.violation ?? 0, misses };
}

/** By how much a value misses its limit, relative to the limit; of the limit 0 the value itself. 0 where it holds. */
export function violationOf(value: number, { max, min }: Pick<Slo, 'max' | 'min'>): number {
  const limit = max ?? min ?? 0;
  const excess = max === undefined ? limit - value : value - limit;
  return excess > 0 ? excess / (limit || 1) : 0;
}

/** `ttft p95 at most 500.0 ms at every load`. */
export function describeSlo(slo: Slo): string {
  return `${describeLimit(slo)} at ${describeFilter(slo.loads)}`;
}

/** `ttft p95 at most 500.0 ms is 561.5 ms (12.3 % too much) under D(200,16) at 4 and 1 more load`. */
export function describeMiss(miss: Miss): string {
  const { value, violation, missed_loads: loads, max } = miss;
  const percent = violation < 1 ? (violation * 100).toPrecision(3) : (violation * 100).toFixed(0);
  const much = `${percent} % too ${max === undefined ? 'little' : 'much'}`;
  const more = loads > 1 ? ` and ${loads - 1} more ${loads === 2 ? 'load' : 'loads'}` : '';
  return `${describeLimit(miss)} is ${formatQuantity(value, miss)} (${much}) under ${describeLoad(miss)}${more}`;
}

function describeLimit(limit: Slo | Miss): string {
  const value = formatQuantity(limit.max ?? limit.min ?? 0, limit);
  return `${describeQuantity(limit)} at ${limit.max === undefined ? 'least' : 'most'} ${value}`;
}
