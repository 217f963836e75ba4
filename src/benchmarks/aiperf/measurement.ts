/** From requests to a measurement: exact, since every request is there. */
import { isOpenLoop, type Load } from '../../domain/loads/load.js';
import type { Distribution, Measurement } from '../../domain/loads/measurement.js';
import type { GoodputLimits } from '../../domain/task/objective.schema.js';
import { goodputFrom, isGood } from '../goodput.js';
import { mostFrequent } from '../measured-loads.js';
import type { Answer, SentRequest } from './records.js';

/** An engine that keeps up answers all requests soon after the last one came; below this share of that rate it did not. */
const KEEPS_UP = 0.9;
/** Less than a clock can tell. */
const LEAST_SECONDS = 1e-6;

/** @param requests all that were sent, at least one, in the order in which they were sent. */
export function measurementOf(
  load: Load,
  requests: readonly SentRequest[],
  goodput: GoodputLimits | undefined
): Measurement {
  const answers = requests.flatMap(({ answer }) => answer ?? []);
  const codes: Record<string, number> = {};
  for (const { error } of requests) if (error !== null) codes[error] = (codes[error] ?? 0) + 1;
  const failed = requests.length - answers.length;
  const ended = requests.reduce((latest, { endedAt }) => Math.max(latest, endedAt), -Infinity);
  const duration = Math.max(LEAST_SECONDS, ended - (requests[0]?.sentAt ?? ended));
  const latencies = distributionOf(answers.map(({ e2e_latency }) => e2e_latency));
  const sum = (value: (answer: Answer) => number): number => answers.reduce((total, one) => total + value(one), 0);
  const [input, output] = [sum(({ inputTokens }) => inputTokens), sum(({ outputTokens }) => outputTokens)];
  return {
    ...load,
    duration_s: duration,
    completed_requests: answers.length,
    failed_requests: failed,
    error_rate: requests.length === 0 ? 0 : failed / requests.length,
    error_codes: mostFrequent(codes),
    requests_per_s: answers.length / duration,
    output_tokens_per_s: output / duration,
    input_tokens_per_s: input / duration,
    total_tokens_per_s: (input + output) / duration,
    ttft_s: distributionOf(answers.map(({ ttft }) => ttft)),
    tpot_s: distributionOf(answers.flatMap(({ tpot }) => tpot ?? [])),
    e2e_latency_s: latencies,
    ...(goodput ? goodputFrom(answers.filter((one) => isGood(one, goodput)).length, requests.length, duration) : {}),
    ...(isOpenLoop(load) ? keepingUp(requests, answers.length / duration, latencies.min) : {}),
  };
}

/**
 * Whether requests queued up. An engine that keeps up is done one latency after the last request came, and of latencies only the
 * shortest tells what one is without a queue; so a measurement must last for many of them, or its end alone looks like a queue.
 */
function keepingUp(
  requests: readonly SentRequest[],
  answeredPerSecond: number,
  shortestSeconds: number
): Pick<Measurement, 'sent_requests_per_s' | 'saturated'> {
  const [first, last] = [requests[0], requests.at(-1)];
  if (!first || !last || requests.length < 2) return {};
  const window = Math.max(LEAST_SECONDS, last.sentAt - first.sentAt);
  const saturated = answeredPerSecond < (KEEPS_UP * requests.length) / (window + shortestSeconds);
  return { sent_requests_per_s: (requests.length - 1) / window, ...(saturated ? { saturated } : {}) };
}

/** Percentiles as NumPy's: linear between the two nearest; the standard deviation is that of these values (n). All 0 where there are none. */
export function distributionOf(values: readonly number[]): Distribution {
  const sorted = [...values].sort((a, b) => a - b);
  const count = sorted.length;
  const mean = count === 0 ? 0 : sorted.reduce((sum, value) => sum + value, 0) / count;
  const squares = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const at = (share: number): number => {
    const place = share * (count - 1);
    const low = sorted[Math.floor(place)] ?? 0;
    const high = sorted[Math.ceil(place)] ?? low;
    return low + (high - low) * (place - Math.floor(place));
  };
  return {
    mean,
    stddev: count === 0 ? 0 : Math.sqrt(squares / count),
    min: sorted[0] ?? 0,
    max: sorted.at(-1) ?? 0,
    p25: at(0.25),
    p50: at(0.5),
    p75: at(0.75),
    p90: at(0.9),
    p95: at(0.95),
    p99: at(0.99),
  };
}
