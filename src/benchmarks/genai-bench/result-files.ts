/** genai-bench's result files: one JSON per scenario and concurrency. Hostile until parsed. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Disturbance } from '../../backends/types.js';
import { TunerError } from '../../domain/failures.js';
import type { GoodputLimits } from '../../domain/task/objective.schema.js';
import type { Distribution, Measurement } from '../../domain/loads/measurement.js';
import { inOrder, mostFrequent, withDisturbances, type MeasuredLoad, type ReadRequest } from '../measured-loads.js';
import { goodputOf } from './goodput.js';

const LEVEL_FILE = /_time_\d+s\.json$/;
const MAX_BYTES = 64 * 1024 * 1024;
/** The tool writes a load's file so soon after its last answer. */
const WRITTEN_WITHIN_MS = 5000;

/** Beyond these a number is no measurement, and sums of such would leave what a number can hold. */
const quantity = z.number().min(0).max(1e12);
const count = z.int().min(0).max(1e9);

const distributionSchema = z.object({
  mean: quantity,
  stddev: quantity,
  min: quantity,
  max: quantity,
  p25: quantity,
  p50: quantity,
  p75: quantity,
  p90: quantity,
  p95: quantity,
  p99: quantity,
});

const levelSchema = z.object({
  aggregated_metrics: z.object({
    scenario: z.string(),
    num_concurrency: z.int().positive(),
    run_duration: quantity.positive(),
    mean_output_throughput_tokens_per_s: quantity,
    mean_input_throughput_tokens_per_s: quantity,
    mean_total_tokens_throughput_tokens_per_s: quantity,
    requests_per_second: quantity,
    error_codes_frequency: z.record(z.string(), count),
    num_completed_requests: count,
    stats: z.object({ ttft: distributionSchema, tpot: distributionSchema, e2e_latency: distributionSchema }),
  }),
  /** Looked at where goodput is asked for. */
  individual_request_metrics: z.unknown().optional(),
  /** The unit of every time in the file. */
  _time_unit: z.enum(['s', 'ms']).default('s'),
});

/** The names of the finished levels' files. */
export async function levelFiles(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => LEVEL_FILE.test(name)).sort();
}

/**
 * One measurement for every load, in the order asked for.
 * @throws TunerError LOAD_FAILED when a load has no usable measurement; BENCHMARK_FAILED when a file is no result at all.
 */
export async function readMeasuredLoads(folder: string, request: ReadRequest): Promise<MeasuredLoad[]> {
  const { disturbances, goodput } = request;
  const measured: MeasuredLoad[] = [];
  for (const name of await levelFiles(folder)) measured.push(await readLevel(folder, name, disturbances, goodput));
  const ends = measured.map(({ window }) => window.toMs);
  return inOrder(measured, request).map(({ measurement, window }) => {
    // One begins after the last one's file was written.
    const fromMs = Math.max(window.fromMs, ...ends.filter((end) => end < window.toMs));
    return { measurement, window: { ...window, fromMs } };
  });
}

/** The measurements alone. */
export async function readMeasurements(folder: string, request: ReadRequest): Promise<Measurement[]> {
  return (await readMeasuredLoads(folder, request)).map(({ measurement }) => measurement);
}

async function readLevel(
  folder: string,
  name: string,
  disturbances: readonly Disturbance[],
  limits: GoodputLimits | undefined
): Promise<MeasuredLoad> {
  const { text, mtimeMs } = await readText(folder, name);
  const parsed = levelSchema.safeParse(parsePythonJson(text, name));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    // The path may hold a key of any length.
    const what = `${issue?.path.map(String).join('.').slice(0, 200)} is not a usable number (${issue?.message.slice(0, 200)})`;
    throw new TunerError('LOAD_FAILED', `${name}: ${what}`);
  }
  const aggregated = toMeasurement(parsed.data);
  const { individual_request_metrics: requests, _time_unit: unit } = parsed.data;
  const measurement = limits ? { ...aggregated, ...goodputOf(requests, unit, limits, aggregated) } : aggregated;
  const beganMs = mtimeMs - measurement.duration_s * 1000 - WRITTEN_WITHIN_MS;
  const window = { fromMs: beganMs, toMs: mtimeMs, durationSeconds: measurement.duration_s };
  return { measurement: withDisturbances(measurement, window, disturbances), window };
}

async function readText(folder: string, name: string): Promise<{ text: string; mtimeMs: number }> {
  const path = join(folder, name);
  try {
    const { size, mtimeMs } = await stat(path);
    if (size > MAX_BYTES) throw new TunerError('BENCHMARK_FAILED', `${name} is larger than ${MAX_BYTES} bytes`);
    return { text: await readFile(path, 'utf8'), mtimeMs };
  } catch (error) {
    if (error instanceof TunerError) throw error;
    throw new TunerError('BENCHMARK_FAILED', `${name} cannot be read: ${String(error)}`, [], { cause: error });
  }
}

/** Python writes numbers that are none as bare NaN and Infinity: read as null, they fail the check that follows by their name. */
function parsePythonJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    try {
      return JSON.parse(text.replace(/-?\b(?:NaN|Infinity)\b/g, 'null'));
    } catch {
      throw new TunerError('BENCHMARK_FAILED', `${name} is truncated or no JSON`);
    }
  }
}

function toMeasurement({ aggregated_metrics: metrics, _time_unit: unit }: z.output<typeof levelSchema>): Measurement {
  const seconds = (distribution: Distribution): Distribution => {
    if (unit === 's') return distribution;
    return Object.fromEntries(
      Object.entries(distribution).map(([name, value]) => [name, (value as number) / 1000])
    ) as unknown as Distribution;
  };
  // The tool's own error_rate can be 0 although every request failed: only the frequencies tell.
  const failed = Object.values(metrics.error_codes_frequency).reduce((sum, count) => sum + count, 0);
  const completed = metrics.num_completed_requests;
  return {
    scenario: metrics.scenario,
    concurrency: metrics.num_concurrency,
    duration_s: metrics.run_duration,
    completed_requests: completed,
    failed_requests: failed,
    error_rate: completed + failed === 0 ? 0 : failed / (completed + failed),
    error_codes: mostFrequent(metrics.error_codes_frequency),
    requests_per_s: metrics.requests_per_second,
    output_tokens_per_s: metrics.mean_output_throughput_tokens_per_s,
    input_tokens_per_s: metrics.mean_input_throughput_tokens_per_s,
    total_tokens_per_s: metrics.mean_total_tokens_throughput_tokens_per_s,
    ttft_s: seconds(metrics.stats.ttft),
    tpot_s: seconds(metrics.stats.tpot),
    e2e_latency_s: seconds(metrics.stats.e2e_latency),
  };
}

/** The version of genai-bench that wrote the folder; `unknown` when it does not say. */
export async function readToolVersion(folder: string): Promise<string> {
  const text = await readFile(join(folder, 'experiment_metadata.json'), 'utf8').catch(() => '{}');
  return /"benchmark_version":\s*"([\w.+-]{1,40})"/.exec(text)?.[1] ?? 'unknown';
}
