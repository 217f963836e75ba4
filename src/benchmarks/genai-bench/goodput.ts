/** Goodput from genai-bench's list of requests. Hostile until parsed. */
import { z } from 'zod';
import { TunerError } from '../../domain/failures.js';
import { describeLoad } from '../../domain/loads/load.js';
import type { Measurement } from '../../domain/loads/measurement.js';
import { goodputFrom, isGood } from '../goodput.js';
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
 * How many requests per second, and which share of all, met every limit. A failed request meets none.
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
  const good = parsed.data.filter((request) => isGoodRequest(request, limits, unit === 'ms' ? 1000 : 1)).length;
  return goodputFrom(good, completed + failed, duration_s);
}

function isGoodRequest(
  { ttft, tpot, e2e_latency, error_code }: Request,
  limits: GoodputLimits,
  perSecond: number
): boolean {
  const seconds = (time: number | null | undefined): number | null => (time == null ? null : time / perSecond);
  if (error_code) return false;
  return isGood({ ttft: seconds(ttft), tpot: seconds(tpot), e2e_latency: seconds(e2e_latency) }, limits);
}
