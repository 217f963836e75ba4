import type { EngineMetrics } from './engine-metrics.js';
import type { Load } from './load.js';

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
  /** Requests per second that met every request-level limit of `benchmark.goodput`; absent without such limits. */
  readonly goodput_requests_per_s?: number | undefined;
  /** Those requests over all requests, failed ones included, from 0 to 1; absent without such limits. */
  readonly goodput_share?: number | undefined;
  /** Of open-loop load: how many requests per second were really sent. `requests_per_s` are those answered. */
  readonly sent_requests_per_s?: number | undefined;
  /** Requests came faster than the engine answered them, so that they queued up: latencies grow with the length of the measurement. */
  readonly saturated?: boolean | undefined;
  /** How often the way to the engine broke while this load ran, so that its numbers are not to be trusted; absent when never. */
  readonly disturbances?: number | undefined;
  /** Present where the load was measured several times in one engine start and this is what they give together: see pooling.ts. */
  readonly repeats?: Repeats | undefined;
  /** What the engine itself said meanwhile; absent where it says nothing. */
  readonly engine_metrics?: EngineMetrics | undefined;
}

/** How far the repeats of a load lie apart. */
export interface Repeats {
  readonly count: number;
  /** By field (`e2e_latency_s`, `output_tokens_per_s`): the standard deviation of its means, relative to their mean (0.03 = 3 %). */
  readonly spread: Readonly<Record<string, number>>;
}
