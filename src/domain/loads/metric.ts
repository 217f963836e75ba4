/** What can be optimised and limited: the metrics of a load, and how they are read, named and shown. */
import type { Distribution, Measurement, Statistic } from './measurement.js';

/** One value per request, so that there are percentiles. Seconds. */
const PER_REQUEST = { ttft: 'ttft_s', tpot: 'tpot_s', e2e_latency: 'e2e_latency_s' } as const;
/** Work per second. */
const RATES = {
  request_throughput: 'requests_per_s',
  output_throughput: 'output_tokens_per_s',
  input_throughput: 'input_tokens_per_s',
  total_throughput: 'total_tokens_per_s',
  goodput: 'goodput_requests_per_s',
} as const;
/** Parts of all requests, from 0 to 1. */
const SHARES = { error_rate: 'error_rate', goodput_share: 'goodput_share' } as const;
/** Money, by the tokens per second that it buys. */
const COSTS = {
  cost_per_million_output_tokens: 'output_tokens_per_s',
  cost_per_million_total_tokens: 'total_tokens_per_s',
} as const;

/** The metrics that objectives and SLOs can name. */
export const METRICS = [
  'ttft',
  'tpot',
  'e2e_latency',
  'request_throughput',
  'output_throughput',
  'input_throughput',
  'total_throughput',
  'error_rate',
  'goodput',
  'goodput_share',
  'cost_per_million_output_tokens',
  'cost_per_million_total_tokens',
] as const;
/** `max_load` is no metric of the task file: it stands for the objective of that name. */
export type Metric = (typeof METRICS)[number] | 'max_load';

/** Below it a number counts as this much, so that ratios, logarithms and prices stay finite: a microsecond, a token in twelve days. */
export const LEAST = 1e-6;

/** One number of a load. */
export interface Quantity {
  readonly metric: Metric;
  /** Of a metric with one value per load it says nothing. */
  readonly statistic: Statistic;
  /** Divided by the accelerators of the combination; only of work per second. */
  readonly per_accelerator?: boolean | undefined;
  /** Of a cost. */
  readonly currency?: string | undefined;
}

/** What a combination occupies. */
export interface Footprint {
  readonly accelerators: number;
  /** Null where the task names none. */
  readonly price_per_accelerator_hour: number | null;
}

type PerRequest = (typeof PER_REQUEST)[keyof typeof PER_REQUEST];
type PerLoad = (typeof RATES)[keyof typeof RATES] | (typeof SHARES)[keyof typeof SHARES];

/** As much of a measurement as is there: what is not has no value. */
export type Measurable = Pick<Measurement, 'concurrency'> & {
  readonly [F in PerRequest]?: Partial<Distribution> | undefined;
} & { readonly [F in PerLoad]?: number | undefined };

/**
 * The value of a quantity in one measurement: seconds for latencies, tokens or requests per second for throughputs, money for costs.
 *
 * A cost is the price of an hour over the tokens of an hour: `price * accelerators / (3600 * tokens_per_s) * 10^6`.
 * @param footprint needed by costs and by what counts per accelerator.
 * @returns NaN for what was not measured, or needs a footprint that there is not.
 */
export function quantityOf(
  measurement: Measurable,
  { metric, statistic, per_accelerator = false }: Quantity,
  footprint: Footprint | null = null
): number {
  if (isIn(PER_REQUEST, metric)) return measurement[PER_REQUEST[metric]]?.[statistic] ?? NaN;
  if (isIn(SHARES, metric)) return measurement[SHARES[metric]] ?? NaN;
  if (isIn(RATES, metric)) {
    return (measurement[RATES[metric]] ?? NaN) / (per_accelerator ? (footprint?.accelerators ?? NaN) : 1);
  }
  if (metric === 'max_load') return measurement.concurrency ?? NaN;
  const { accelerators = NaN, price_per_accelerator_hour: price } = footprint ?? {};
  return (((price ?? NaN) * accelerators) / 3600 / Math.max(LEAST, measurement[COSTS[metric]] ?? NaN)) * 1e6;
}

/**
 * How far the repeats of a load lie apart in what a metric is made of: their standard deviation as a share of their mean. Null where it
 * was measured once, or the metric has no spread.
 */
export function spreadOf(
  { repeats }: Pick<Measurement, 'repeats'>,
  { metric }: Pick<Quantity, 'metric'>
): number | null {
  return repeats?.spread[fieldOf(metric)] ?? null;
}

/** The field of a measurement that a metric is made of: `ttft_s`; empty for what is made of none. */
export function fieldOf(metric: Metric): string {
  const fields: Readonly<Record<string, string>> = { ...PER_REQUEST, ...RATES, ...SHARES, ...COSTS };
  return fields[metric] ?? '';
}

export function hasDistribution(metric: Metric): metric is keyof typeof PER_REQUEST {
  return isIn(PER_REQUEST, metric);
}

/** Work per second. */
export function isRate(metric: Metric): boolean {
  return isIn(RATES, metric);
}

export function isCost(metric: Metric): boolean {
  return isIn(COSTS, metric);
}

/** `e2e latency mean`, `output throughput`, `output throughput per accelerator`. */
export function describeQuantity({ metric, statistic, per_accelerator }: Quantity): string {
  const name = metric.replaceAll('_', ' ');
  return `${name}${hasDistribution(metric) ? ` ${statistic}` : ''}${per_accelerator ? ' per accelerator' : ''}`;
}

/** `s`, `tok/s`; empty for shares, and for money, whose unit is the task's currency. */
export function unitOf(metric: Metric): string {
  if (hasDistribution(metric)) return 's';
  if (!isRate(metric)) return '';
  return metric === 'request_throughput' || metric === 'goodput' ? 'req/s' : 'tok/s';
}

/** A value with its unit; times below one second in milliseconds. */
export function formatQuantity(
  value: number,
  { metric, currency = '' }: Pick<Quantity, 'metric' | 'currency'>
): string {
  if (hasDistribution(metric)) return value < 1 ? `${(value * 1000).toFixed(1)} ms` : `${value.toFixed(3)} s`;
  if (isIn(SHARES, metric)) return `${(value * 100).toFixed(1)} %`;
  if (metric === 'max_load') return `${value} at once`;
  if (isIn(COSTS, metric)) return `${value.toPrecision(3)} ${currency}`.trim();
  return `${value.toFixed(2)} ${unitOf(metric)}`;
}

function isIn<T extends object>(table: T, metric: PropertyKey): metric is keyof T {
  return Object.hasOwn(table, metric);
}
