/** Distribution of one metric over the requests of one load. */
export interface Distribution {
  readonly mean: number;
  readonly stddev: number;
  readonly min: number;
  readonly max: number;
  readonly p25: number;
  readonly p50: number;
  readonly p75: number;
  readonly p90: number;
  readonly p95: number;
  readonly p99: number;
}

export const STATISTICS = [
  'mean',
  'min',
  'max',
  'p25',
  'p50',
  'p75',
  'p90',
  'p95',
  'p99',
] as const satisfies readonly (keyof Distribution)[];
export type Statistic = (typeof STATISTICS)[number];

/** One traffic scenario at one concurrency. */
export interface Load {
  readonly scenario: string;
  readonly concurrency: number;
}

/** Normalized metrics of one load in one experiment. Every number is finite; times are in seconds. */
export interface Measurement extends Load {
  readonly duration_s: number;
  readonly completed_requests: number;
  readonly failed_requests: number;
  /** Failed requests over all requests, from 0 to 1. */
  readonly error_rate: number;
  /** Failed requests by HTTP status or error name. */
  readonly error_codes: Readonly<Record<string, number>>;
  readonly requests_per_s: number;
  readonly output_tokens_per_s: number;
  readonly input_tokens_per_s: number;
  readonly total_tokens_per_s: number;
  /** Time to the first token. */
  readonly ttft_s: Distribution;
  /** Time per output token after the first. */
  readonly tpot_s: Distribution;
  readonly e2e_latency_s: Distribution;
  /** How often the way to the engine broke while this load ran, so that its numbers are not to be trusted; absent when never. */
  readonly disturbances?: number | undefined;
  /** Present where the load was measured several times in one engine start and this is what they give together: see pooling.ts. */
  readonly repeats?: Repeats | undefined;
}

/** How far the repeats of a load lie apart. */
export interface Repeats {
  readonly count: number;
  /** By field (`e2e_latency_s`, `output_tokens_per_s`): the standard deviation of its means, relative to their mean (0.03 = 3 %). */
  readonly spread: Readonly<Record<string, number>>;
}

const DISTRIBUTION_FIELDS = { ttft: 'ttft_s', tpot: 'tpot_s', e2e_latency: 'e2e_latency_s' } as const satisfies Record<
  string,
  keyof Measurement
>;
const SCALAR_FIELDS = {
  request_throughput: 'requests_per_s',
  output_throughput: 'output_tokens_per_s',
  input_throughput: 'input_tokens_per_s',
  total_throughput: 'total_tokens_per_s',
  error_rate: 'error_rate',
} as const satisfies Record<string, keyof Measurement>;

/** The metrics an objective can name. */
export const METRICS = [
  'ttft',
  'tpot',
  'e2e_latency',
  'request_throughput',
  'output_throughput',
  'input_throughput',
  'total_throughput',
  'error_rate',
] as const;
/** `max_load` is no metric of the task file: it stands for the objective of that name. */
export type Metric = (typeof METRICS)[number] | 'max_load';

/** One number of a measurement: seconds for latencies, tokens or requests per second for throughputs. */
export function metricOf(measurement: Measurement, metric: Metric, statistic: Statistic): number {
  switch (metric) {
    case 'ttft':
    case 'tpot':
    case 'e2e_latency':
      return measurement[DISTRIBUTION_FIELDS[metric]][statistic];
    case 'max_load':
      return measurement.concurrency;
    default:
      return measurement[SCALAR_FIELDS[metric]];
  }
}

/** `D(100,100) at 4`, as shown to people. */
export function describeLoad(load: Load): string {
  return `${load.scenario} at ${load.concurrency}`;
}

/** Every load of a benchmark: each scenario at each concurrency, in the order of the task file. */
export function loadsOf(benchmark: {
  traffic_scenarios: readonly string[];
  num_concurrency: readonly number[];
}): Load[] {
  const scenarios = [...new Set(benchmark.traffic_scenarios)];
  const concurrencies = [...new Set(benchmark.num_concurrency)];
  return scenarios.flatMap((scenario) => concurrencies.map((concurrency) => ({ scenario, concurrency })));
}
