/** Makes engines forget the prompts that they have seen, so that a measurement does not depend on what was measured before it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Endpoint } from '../backends/types.js';
import type { PrefixCache } from '../domain/tuning/experiment.js';
import type { TuningTask } from '../domain/task/task.schema.js';
import { readApiKey } from '../platform/api-key.js';

/** vLLM serves it with VLLM_SERVER_DEV_MODE=1 only. docs/measurement.md has the sources. */
const RESET_PATHS: Readonly<Record<string, string>> = { sglang: '/flush_cache', vllm: '/reset_prefix_cache' };
/** SGLang refuses while it still winds up a request that has just been answered. */
const TRIES = 5;
const PAUSE_MS = 200;
const TIMEOUT_MS = 10_000;

/**
 * llama-server keeps prompts in its slots and in the host's memory, and has no way to empty both: it is told with each request not to
 * use them instead, as far as requests carry parameters.
 */
export function withPrefixCache({ engine, benchmark }: TuningTask): TuningTask['benchmark'] {
  if (!isSwitchedOff({ engine, benchmark }) || 'cache_prompt' in benchmark.additional_params) return benchmark;
  return { ...benchmark, additional_params: { ...benchmark.additional_params, cache_prompt: false } };
}

/** Empties the cache where the engine offers that. A failure is said, and is no reason to end anything. @throws the signal's reason. */
export async function resetPrefixCache(
  endpoint: Endpoint,
  task: Pick<TuningTask, 'engine' | 'benchmark'>,
  signal: AbortSignal
): Promise<PrefixCache> {
  if (task.benchmark.prefix_cache === 'keep') return 'kept';
  if (isSwitchedOff(task)) return task.benchmark.additional_params['cache_prompt'] === true ? 'kept' : 'off';
  const path = typeof task.engine === 'string' ? RESET_PATHS[task.engine] : undefined;
  if (path === undefined) return 'not-reset';
  for (let attempt = 1; attempt <= TRIES; attempt++) {
    if (attempt > 1) await sleep(PAUSE_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
    if (await post(`${endpoint.baseUrl}${path}`, endpoint, signal)) return 'reset';
  }
  return 'not-reset';
}

/** OME's BenchmarkJob drops the parameters of the requests. */
function isSwitchedOff({ engine, benchmark }: Pick<TuningTask, 'engine' | 'benchmark'>): boolean {
  return engine === 'llama.cpp' && benchmark.runner !== 'ome-benchmark-job' && benchmark.prefix_cache !== 'keep';
}

async function post(url: string, { apiKeyFile }: Endpoint, signal: AbortSignal): Promise<boolean> {
  try {
    const authorization = `Bearer ${await readApiKey(apiKeyFile)}`;
    const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    const response = await fetch(url, { method: 'POST', headers: { authorization }, signal: limit });
    const text = await response.text();
    // Later versions of vLLM say so in an answer with the status 200.
    return response.ok && !/"success"\s*:\s*false/.test(text);
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
