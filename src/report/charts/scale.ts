/** From scores and quantities to the numbers and units on an axis. */
import {
  hasDistribution,
  isCost,
  isRate,
  describeQuantity,
  formatQuantity,
  type Quantity,
} from '../../domain/loads/metric.js';
import { describeObjective, formatScore, type Objective } from '../../domain/scoring/objective.js';
import { digits } from './text.js';

/** How values of one kind are shown. */
export interface Scale {
  /** With the unit: `ttft p95 (ms)`. */
  readonly name: string;
  /** A value in its own unit as the number on the axis. */
  readonly shown: (value: number) => number;
  /** For sentences. */
  readonly format: (value: number) => string;
  /** Whether less is better on the axis. */
  readonly lowerIsBetter: boolean;
}

/** @param values all that will be shown: times are in milliseconds where their median is below a second. */
export function scaleOf(quantity: Quantity, values: readonly number[], lowerIsBetter: boolean): Scale {
  const { factor, unit } = unitOf(quantity, values);
  return {
    name: `${describeQuantity(quantity)} (${unit})`,
    shown: (value) => digits(value * factor),
    format: (value) => formatQuantity(value, quantity),
    lowerIsBetter,
  };
}

/** The scale of scores, which are negated where more is better: on the axis they have their own sign. */
export function scoreScale(objective: Objective, scores: readonly number[], isRelative: boolean): Scale {
  if ('weighted' in objective) {
    return {
      name: 'weighted score (lower is better)',
      shown: digits,
      format: (score) => formatScore(score, objective),
      lowerIsBetter: true,
    };
  }
  const isNegated = objective.direction === 'maximize';
  const value = (score: number): number => (isNegated ? 0 - score : score);
  if (isRelative) {
    return {
      name: `${describeObjective(objective)}, worst load (1 = baseline)`,
      shown: (score) => digits(value(score)),
      format: (score) => formatScore(score, objective, true),
      lowerIsBetter: !isNegated,
    };
  }
  const scale = scaleOf(objective, scores.map(value), !isNegated);
  return { ...scale, shown: (score) => scale.shown(value(score)), format: (score) => scale.format(value(score)) };
}

function unitOf({ metric, currency }: Quantity, values: readonly number[]): { factor: number; unit: string } {
  if (hasDistribution(metric)) {
    const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
    return (sorted[sorted.length >> 1] ?? 0) < 1 ? { factor: 1000, unit: 'ms' } : { factor: 1, unit: 's' };
  }
  if (metric === 'error_rate' || metric === 'goodput_share') return { factor: 100, unit: '%' };
  if (metric === 'max_load') return { factor: 1, unit: 'requests at once' };
  if (isCost(metric)) return { factor: 1, unit: currency || 'money' };
  if (isRate(metric)) {
    return { factor: 1, unit: metric === 'request_throughput' || metric === 'goodput' ? 'requests/s' : 'tokens/s' };
  }
  return { factor: 1, unit: '' };
}
