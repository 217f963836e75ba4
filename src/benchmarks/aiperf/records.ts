/** aiperf's list of requests, `profile_export.jsonl`: one line a request. Hostile until parsed. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { TunerError } from '../../domain/failures.js';

/** A line has every gap between the chunks of an answer, so that they are long. */
const MAX_BYTES = 1024 ** 3;
const MOST_REQUESTS = 10_000_000;

const time = z.number().min(0).max(1e19);
const quantity = z.object({ value: z.number().min(0).max(1e12), unit: z.string().max(40) }).optional();
const recordSchema = z.object({
  metadata: z.object({
    request_start_ns: time,
    request_end_ns: time,
    credit_issued_ns: time.nullish(),
    benchmark_phase: z.string().max(100).default('profiling'),
    was_cancelled: z.boolean().default(false),
  }),
  metrics: z.object({
    request_latency: quantity,
    time_to_first_token: quantity,
    usage_prompt_tokens: quantity,
    input_sequence_length: quantity,
    usage_completion_tokens: quantity,
    output_sequence_length: quantity,
  }),
  error: z.object({ code: z.union([z.number(), z.string()]).nullish(), type: z.string().nullish() }).nullish(),
});
type RawRecord = z.output<typeof recordSchema>;

/** A request that was sent. Times of day in seconds. */
export interface SentRequest {
  readonly sentAt: number;
  readonly endedAt: number;
  /** HTTP status or name of the error; null where it was answered. */
  readonly error: string | null;
  /** Null unless it was answered. */
  readonly answer: Answer | null;
}

export interface Answer {
  readonly ttft: number;
  /** Seconds per token after the first; null where there is none. */
  readonly tpot: number | null;
  readonly e2e_latency: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/**
 * Every request of the measurement, warm-up left out, in the order in which they were sent.
 * @throws TunerError BENCHMARK_FAILED for a file that is none.
 */
export async function readRecords(file: string): Promise<SentRequest[]> {
  const size = (await stat(file)).size;
  if (size > MAX_BYTES) throw new TunerError('BENCHMARK_FAILED', `aiperf's records are larger than ${MAX_BYTES} bytes`);
  const requests: SentRequest[] = [];
  const lines = createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
  let number = 0;
  try {
    for await (const line of lines) {
      number++;
      if (line.trim() === '') continue;
      const raw = parseLine(line, number);
      if (raw.metadata.benchmark_phase === 'profiling') requests.push(toRequest(raw, number));
      if (requests.length > MOST_REQUESTS) throw damaged(number, `is one of more than ${MOST_REQUESTS}`);
    }
  } finally {
    lines.close();
  }
  return requests.sort((a, b) => a.sentAt - b.sentAt);
}

function parseLine(line: string, number: number): RawRecord {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw damaged(number, 'is truncated or no JSON');
  }
  const parsed = recordSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw damaged(number, `has no usable ${issue?.path.map(String).join('.').slice(0, 200)}`);
}

function damaged(line: number, what: string): TunerError {
  return new TunerError('BENCHMARK_FAILED', `line ${line} of aiperf's records ${what}`);
}

function toRequest({ metadata, metrics, error }: RawRecord, line: number): SentRequest {
  const sentAt = (metadata.credit_issued_ns ?? metadata.request_start_ns) / 1e9;
  const endedAt = metadata.request_end_ns / 1e9;
  if (endedAt < sentAt) throw damaged(line, 'ends before it begins');
  const failed = error ? String(error.code ?? error.type ?? 'error') : metadata.was_cancelled ? 'cancelled' : null;
  if (failed !== null) return { sentAt, endedAt, error: failed, answer: null };
  const latency = secondsOf(metrics.request_latency);
  const ttft = secondsOf(metrics.time_to_first_token);
  // Such as an answer without a single token.
  if (latency === null || ttft === null) return { sentAt, endedAt, error: 'no tokens', answer: null };
  const outputTokens = (metrics.usage_completion_tokens ?? metrics.output_sequence_length)?.value ?? 0;
  const inputTokens = (metrics.usage_prompt_tokens ?? metrics.input_sequence_length)?.value ?? 0;
  const tpot = outputTokens > 1 ? Math.max(0, latency - ttft) / (outputTokens - 1) : null;
  return { sentAt, endedAt, error: null, answer: { ttft, tpot, e2e_latency: latency, inputTokens, outputTokens } };
}

function secondsOf(time: z.output<typeof quantity>): number | null {
  if (!time) return null;
  return time.unit === 'ms' ? time.value / 1000 : time.unit === 'sec' || time.unit === 's' ? time.value : null;
}
