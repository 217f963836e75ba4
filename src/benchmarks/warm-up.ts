import type { Endpoint } from '../backends/types.js';
import type { WarmUp } from '../domain/tuning/experiment.js';
import { TunerError } from '../domain/failures.js';
import { inputTokens } from '../domain/loads/heaviness.js';
import { firstConcurrency } from '../domain/loads/load-plan.js';
import { isSteady } from '../domain/loads/steadiness.js';
import type { TuningTask } from '../domain/task/task.schema.js';
import { readApiKey } from '../platform/api-key.js';
import { probeCompletion } from '../platform/completion-client.js';

const TOKENS = 16;
const REQUEST_TIMEOUT_MS = 60_000;
/** A median of fewer says nothing. */
const LEAST_WINDOW = 4;
/** Windows without two alike in a row, after which it is measured as it is. */
const MOST_WINDOWS = 12;
/** Words for one token, so few that a prompt fits wherever one of the load's own length does. */
const WORDS_PER_TOKEN = 0.6;

/**
 * Sends the task's warm-up requests, as many at once as the loads send; none of them is measured. With `steady` it goes on, with prompts
 * of the loads' lengths that have nothing in common, until the latency has become steady, the time for the warm-up is over, or 12
 * windows of requests have shown that it does not get so.
 * @throws TunerError ENGINE_UNRESPONSIVE, WRONG_ANSWERS.
 */
export async function warmUp(endpoint: Endpoint, task: TuningTask, signal: AbortSignal): Promise<WarmUp> {
  const { benchmark, timeouts } = task;
  const apiKey = await readApiKey(endpoint.apiKeyFile);
  const untilSteady = benchmark.warm_up === 'steady';
  const atOnce = firstConcurrency(task);
  const window = Math.max(LEAST_WINDOW, atOnce);
  const most = Math.max(benchmark.warmup_requests, untilSteady ? MOST_WINDOWS * window : 0);
  const startedMs = performance.now();
  const latencies: number[] = [];
  let sent = 0;
  const isEnough = (): boolean => {
    if (sent >= most) return true;
    if (sent < benchmark.warmup_requests || !untilSteady) return false;
    return isSteady(latencies, window) || performance.now() - startedMs > timeouts.warm_up * 1000;
  };
  const lane = async (): Promise<void> => {
    while (!isEnough()) {
      const number = ++sent;
      const { baseUrl, modelName } = endpoint;
      const sentMs = performance.now();
      const probe = await probeCompletion({
        baseUrl,
        modelName,
        apiKey,
        ...(untilSteady ? { prompt: promptOf(benchmark.traffic_scenarios, number) } : {}),
        maxTokens: TOKENS,
        timeoutMs: REQUEST_TIMEOUT_MS,
        signal,
      });
      latencies.push(performance.now() - sentMs);
      if (probe.state === 'served') continue;
      const code = probe.state === 'wrong' ? 'WRONG_ANSWERS' : 'ENGINE_UNRESPONSIVE';
      throw new TunerError(code, `a warm-up request was not answered: ${probe.saw}`);
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, atOnce) }, lane));
  const seconds = (performance.now() - startedMs) / 1000;
  return { requests: sent, seconds, ...(untilSteady ? { steady: isSteady(latencies, window) } : {}) };
}

/** As long as a prompt of one of the scenarios in turn, and different from the first word on. */
function promptOf(scenarios: readonly string[], number: number): string {
  const words = Math.floor(inputTokens(scenarios[number % scenarios.length] ?? '') * WORDS_PER_TOKEN);
  return `${number} ${'and so on '.repeat(Math.ceil(words / 3))}`.trim();
}
