/** From an engine's own metrics to a reading. docs/measurement.md has the sources. */
import type { EngineReading } from '../../domain/loads/engine-metrics.js';
import { parsePrometheus, type Sample } from './prometheus-text.js';

type Field = Exclude<keyof EngineReading, 'atMs' | 'engine'>;
/** Nothing that can be counted in an engine is larger. */
const LARGEST = 1e15;

interface Source {
  readonly name: string;
  /** Only series with this label; without one the count is 0, as long as the metric has others. */
  readonly where?: readonly [label: string, value: string];
  /** Counts prompts as a whole, with what came from the prefix cache. */
  readonly withCached?: true;
  /** How the engines behind one address are put together (sum). */
  readonly over?: 'sum' | 'max';
}

/** The first source that is there counts. */
type Sources = Readonly<Partial<Record<Field, readonly Source[]>>>;

/** SGLang counts `prompt_tokens` and `generation_tokens` when a request ends, and `realtime_tokens` in every step. */
const SGLANG: Sources = {
  running: [{ name: 'sglang:num_running_reqs' }],
  waiting: [{ name: 'sglang:num_queue_reqs' }],
  kvUsage: [{ name: 'sglang:token_usage', over: 'max' }],
  hitRate: [{ name: 'sglang:cache_hit_rate', over: 'max' }],
  generatedTokens: [
    { name: 'sglang:realtime_tokens_total', where: ['mode', 'decode'] },
    { name: 'sglang:generation_tokens_total' },
  ],
  promptTokens: [
    { name: 'sglang:realtime_tokens_total', where: ['mode', 'prefill_compute'] },
    { name: 'sglang:prompt_tokens_total', withCached: true },
  ],
  cachedTokens: [
    { name: 'sglang:realtime_tokens_total', where: ['mode', 'prefill_cache'] },
    { name: 'sglang:cached_tokens_total' },
  ],
  preemptions: [{ name: 'sglang:num_retracted_requests_total' }],
};

/** Earlier versions have `gpu_` in the names of the caches. */
const VLLM: Sources = {
  running: [{ name: 'vllm:num_requests_running' }],
  waiting: [{ name: 'vllm:num_requests_waiting' }],
  kvUsage: [
    { name: 'vllm:kv_cache_usage_perc', over: 'max' },
    { name: 'vllm:gpu_cache_usage_perc', over: 'max' },
  ],
  generatedTokens: [{ name: 'vllm:generation_tokens_total' }],
  promptTokens: [{ name: 'vllm:prompt_tokens_total', withCached: true }],
  cachedTokens: [{ name: 'vllm:prefix_cache_hits_total' }, { name: 'vllm:gpu_prefix_cache_hits_total' }],
  preemptions: [{ name: 'vllm:num_preemptions_total' }],
};

/** Current versions do not say how full the KV cache is. */
const LLAMA_CPP: Sources = {
  running: [{ name: 'llamacpp:requests_processing' }],
  waiting: [{ name: 'llamacpp:requests_deferred' }],
  kvUsage: [{ name: 'llamacpp:kv_cache_usage_ratio', over: 'max' }],
  generatedTokens: [{ name: 'llamacpp:tokens_predicted_total' }],
  promptTokens: [{ name: 'llamacpp:prompt_tokens_total' }],
  cachedTokens: [{ name: 'llamacpp:prompt_tokens_cached_total' }],
};

const ENGINES: readonly (readonly [EngineReading['engine'], Sources])[] = [
  ['sglang', SGLANG],
  ['vllm', VLLM],
  ['llama.cpp', LLAMA_CPP],
];
const NAMES: ReadonlySet<string> = new Set(
  ENGINES.flatMap(([, sources]) => Object.values(sources).flatMap((list) => list.map(({ name }) => name)))
);
/** Ranks that serve the same requests tell the same numbers. */
const REPLICAS = ['tp_rank', 'pp_rank', 'moe_ep_rank', 'pid'];

/** @returns null where there is nothing that it knows. Which engine it is, its metrics say. */
export function readMetrics(text: string, atMs: number): EngineReading | null {
  const samples = parsePrometheus(text, NAMES);
  for (const [engine, sources] of ENGINES) {
    const found: Partial<Record<Field, { readonly value: number; readonly source: Source }>> = {};
    for (const [field, list] of Object.entries(sources) as [Field, readonly Source[]][]) {
      const used = list.flatMap((source) => {
        const value = valueOf(samples, source);
        return value === null ? [] : [{ value, source }];
      })[0];
      if (used) found[field] = used;
    }
    if (Object.keys(found).length === 0) continue;
    const values = Object.fromEntries(Object.entries(found).map(([field, { value }]) => [field, value]));
    return normalized({ ...values, atMs, engine }, found.promptTokens?.source.withCached ?? false);
  }
  return null;
}

/** Shares are shares, and prompts are what was computed of them. */
function normalized(reading: EngineReading, isWithCached: boolean): EngineReading {
  const { kvUsage, hitRate, promptTokens, cachedTokens = 0 } = reading;
  return {
    ...reading,
    ...(kvUsage === undefined ? {} : { kvUsage: Math.min(1, kvUsage) }),
    ...(hitRate === undefined ? {} : { hitRate: Math.min(1, hitRate) }),
    ...(promptTokens !== undefined && isWithCached ? { promptTokens: Math.max(0, promptTokens - cachedTokens) } : {}),
  };
}

function valueOf(samples: readonly Sample[], { name, where, over = 'sum' }: Source): number | null {
  const named = samples.filter((sample) => sample.name === name && isUsable(sample.value));
  if (named.length === 0) return null;
  const all = named.filter(({ labels }) => !where || labels[where[0]] === where[1]);
  // SGLang gives the total under an empty priority, and its parts under the others.
  const totals = all.filter(({ labels }) => labels['priority'] === '');
  const groups = new Map<string, number>();
  for (const { labels, value } of totals.length > 0 ? totals : all) {
    const key = JSON.stringify(Object.entries(labels).filter(([label]) => !REPLICAS.includes(label)));
    groups.set(key, Math.max(value, groups.get(key) ?? 0));
  }
  const values = [...groups.values()];
  return over === 'max' ? Math.max(0, ...values) : values.reduce((sum, value) => sum + value, 0);
}

function isUsable(value: number): boolean {
  return value >= 0 && value <= LARGEST;
}
