/** Goodput from genai-bench's list of requests. Hostile until parsed. */
import { z } from 'zod';
import { TunerError } from '../../domain/failures.js';
import { describeLoad, type Measurement } from '../../domain/loads/measurement.js';
import type { GoodputLimits } from '../../domain/task/objective.schema.js';

const time = z.number().min(0).max(1e12).nullish();
const requestsSchema = z.array(
  z.object({
    ttft: time,
    tpot: time,
    e2e_latency: time,
    error_code: z.union([z.number(), z.string()]).nullish(),
  })
);
type Request = z.output<typeof requestsSchema>[number];

/**
 * How many requests per second, and which share of all, met every limit (goodput as in DistServe, Zhong et al., OSDI 2024). A failed
 * request meets none.
 * @param requests the file's `individual_request_metrics`, failed ones included.
 * @param unit of the times in `requests`; limits are in seconds.
 * @throws TunerError LOAD_FAILED when the list is not that of all requests: a part of them would give a wrong share.
 */
export function goodputOf(
  requests: unknown,
  unit: 's' | 'ms',
  limits: GoodputLimits,
  measurement: Measurement
): { readonly goodput_requests_per_s: number; readonly goodput_share: number } {
  const { completed_requests: completed, failed_requests: failed, duration_s } = measurement;
  const refuse = (why: string): TunerError => new TunerError('LOAD_FAILED', `${describeLoad(measurement)}: ${why}`);
  const parsed = requestsSchema.safeParse(requests);
  if (!parsed.success) throw refuse('its result file has no usable list of requests, which goodput needs');
  if (parsed.data.length !== completed + failed) {
    throw refuse(
      `its result file lists ${parsed.data.length} of ${completed + failed} requests, and goodput needs all`
    );
  }
  const good = parsed.data.filter((request) => isGood(request, limits, unit === 'ms' ? 1000 : 1)).length;
  const all = completed + failed;
  return { goodput_requests_per_s: good / duration_s, goodput_share: all === 0 ? 0 : good / all };
}

/** A completed request has no time per output token where it made one token, or so fast that genai-bench gives none: it met the limit. */
function isGood({ ttft, tpot, e2e_latency, error_code }: Request, limits: GoodputLimits, perSecond: number): boolean {
  if (error_code) return false;
  const within = (value: number, limit: number | undefined): boolean =>
    limit === undefined || value <= limit * perSecond;
  return (
    within(ttft ?? Infinity, limits.ttft) &&
    within(tpot ?? 0, limits.tpot) &&
    within(e2e_latency ?? Infinity, limits.e2e_latency)
  );
}
