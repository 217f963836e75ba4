/** What aiperf is told, in its own YAML format 2.0 (of which JSON is a part): a pure function of the load. */
import type { Load } from '../../domain/loads/load.js';
import { arrivalOf } from '../../domain/task/open-loop.schema.js';
import type { TuningTask } from '../../domain/task/task.schema.js';
import { withNumbers } from '../detached/request-params.js';

/** Where the key is; aiperf puts the value in its place, and writes down neither. */
export const KEY_VARIABLE = 'AUTOTUNER_ENGINE_API_KEY';
/** Different prompts; with more requests than that they come again. Making them takes time and memory before the load begins. */
const MOST_PROMPTS = 5000;
/** For what comes after the last answer. */
const GRACE_SECONDS = 10;
/** Values of a uniform distribution that are told apart; aiperf knows none, but one of weighted points. */
const MOST_POINTS = 100;

/** How often it is looked whether another request may be sent: after an answer the next one leaves 1 ms later in the mean, or sooner. */
const LEAST_LOOKS_PER_S = 500;
const LOOKS_PER_S_AND_PLACE = 100;

export interface RunRequest {
  readonly load: Load;
  readonly benchmark: TuningTask['benchmark'];
  readonly baseUrl: string;
  readonly modelName: string;
  /** A folder, or a hub id. */
  readonly tokenizer: string;
  /** Of the prompts and the arrivals. */
  readonly seed: number;
  /** Where it writes to. */
  readonly folder: string;
  /** The trace that is replayed, ready to be. */
  readonly traceFile?: string | undefined;
}

/**
 * A request is given up after `max_time_per_iteration`, so that every one that was sent is answered or counts as failed: aiperf tells
 * nothing of those that it drops at the end of its own time.
 */
export function runConfig(request: RunRequest): object {
  const { benchmark, baseUrl, modelName, tokenizer, seed, folder } = request;
  const seconds = benchmark.max_time_per_iteration * 60;
  return {
    schemaVersion: '2.0',
    randomSeed: seed,
    benchmark: {
      model: modelName,
      endpoint: {
        url: baseUrl,
        type: 'chat',
        streaming: true,
        timeout: seconds,
        apiKey: `\${${KEY_VARIABLE}}`,
        // All engines know this one.
        useLegacyMaxTokens: true,
        extra: {
          // As genai-bench does: answers are as long as the scenario asks for, and the engine counts the tokens.
          ...{ ignore_eos: true, temperature: 0, stream_options: { include_usage: true } },
          ...withNumbers(benchmark.additional_params),
        },
      },
      tokenizer: { name: tokenizer },
      dataset: datasetOf(request),
      phases: [{ name: 'profiling', ...phaseOf(request), duration: seconds, gracePeriod: seconds + GRACE_SECONDS }],
      artifacts: { dir: folder, summary: ['json'], records: ['jsonl'] },
      gpuTelemetry: { enabled: false },
      serverMetrics: { enabled: false },
      runtime: { ui: 'none', statsInterval: 0 },
    },
  };
}

function phaseOf({ load, benchmark }: RunRequest): object {
  const { max_requests_per_iteration: requests } = benchmark;
  if (load.speed !== undefined) return { type: 'fixed_schedule', autoOffset: true };
  const { concurrency, request_rate: rate } = load;
  if (concurrency !== undefined) {
    // Its own phase of this kind looks for a free place without a pause, which takes a core from an engine on the same machine. A rate
    // that no engine reaches, held back by the places, is the same load with as many looks in a second.
    const looks = Math.max(LEAST_LOOKS_PER_S, concurrency * LOOKS_PER_S_AND_PLACE);
    // Fewer requests than are to be in flight it refuses.
    return { type: 'constant', rate: looks, concurrency, requests: Math.max(requests, concurrency) };
  }
  const { pattern, smoothness = 1, ramp_seconds: rateRamp } = arrivalOf(benchmark);
  return {
    ...{ type: pattern, rate, requests },
    ...(pattern === 'gamma' ? { smoothness } : {}),
    ...(rateRamp === undefined ? {} : { rateRamp }),
  };
}

function datasetOf({ load, benchmark, traceFile }: RunRequest): object {
  if (traceFile !== undefined)
    return { type: 'file', path: traceFile, format: 'mooncake_trace', sampling: 'sequential' };
  const [isl, osl] = lengthsOf(load.scenario);
  const wanted = Math.max(benchmark.max_requests_per_iteration, load.concurrency ?? 0);
  return { type: 'synthetic', entries: Math.min(wanted, MOST_PROMPTS), prompts: { isl, osl } };
}

/** genai-bench's `D(in,out)`, `N(mean,stddev)/(mean,stddev)`, `U(min,max)/(min,max)`, `U(max in,max out)`. */
function lengthsOf(scenario: string): [input: object, output: object] {
  const [kind = '', ...groups] = scenario.split(/[()]+\/?/).filter(Boolean);
  const [first = [], second] = groups.map((group) => group.split(',').map(Number));
  const [a = 0, b = 0] = first;
  if (kind === 'N') return [normal(a, b), normal(second?.[0] ?? 0, second?.[1] ?? 0)];
  if (kind === 'U' && second) return [uniform(a, b), uniform(second[0] ?? 0, second[1] ?? 0)];
  return kind === 'U' ? [uniform(1, a), uniform(1, b)] : [normal(a, 0), normal(b, 0)];
}

function normal(mean: number, stddev: number): object {
  return { mean: Math.max(1, mean), stddev, ...(stddev > 0 ? { min: 1 } : {}) };
}

function uniform(low: number, high: number): object {
  const [from, to] = [Math.max(1, Math.min(low, high)), Math.max(1, low, high)];
  const steps = Math.min(MOST_POINTS - 1, to - from);
  if (steps === 0) return normal(from, 0);
  const points = Array.from({ length: steps + 1 }, (_, i) => ({ value: Math.round(from + ((to - from) * i) / steps) }));
  return { type: 'empirical', points };
}
