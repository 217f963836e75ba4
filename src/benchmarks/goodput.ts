/** Goodput: requests that met every limit (as in DistServe, Zhong et al., OSDI 2024). For every runner the same. */
import type { GoodputLimits } from '../domain/task/objective.schema.js';

/** Of one answered request, in seconds; null or undefined where it has none. */
export interface RequestTimes {
  readonly ttft: number | null | undefined;
  readonly tpot: number | null | undefined;
  readonly e2e_latency: number | null | undefined;
}

/** A request has no time per output token where it made one token, or so fast that the tool gives none: it met the limit. */
export function isGood({ ttft, tpot, e2e_latency }: RequestTimes, limits: GoodputLimits): boolean {
  const within = (value: number, limit: number | undefined): boolean => limit === undefined || value <= limit;
  return (
    within(ttft ?? Infinity, limits.ttft) &&
    within(tpot ?? 0, limits.tpot) &&
    within(e2e_latency ?? Infinity, limits.e2e_latency)
  );
}

/**
 * How many requests per second, and which share of all, were good. A failed request is not.
 * @param all answered and failed ones.
 */
export function goodputFrom(
  good: number,
  all: number,
  durationSeconds: number
): { readonly goodput_requests_per_s: number; readonly goodput_share: number } {
  return { goodput_requests_per_s: good / durationSeconds, goodput_share: all === 0 ? 0 : good / all };
}
