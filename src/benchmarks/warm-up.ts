import type { Endpoint } from '../backends/types.js';
import { TunerError } from '../domain/failures.js';
import type { TuningTask } from '../domain/task.schema.js';
import { readApiKey } from '../platform/api-key.js';
import { probeCompletion } from '../platform/completion-client.js';

const TOKENS = 16;
const REQUEST_TIMEOUT_MS = 60_000;

/**
 * Sends the task's warm-up requests, as many at once as the highest concurrency of its loads; none of them is measured.
 * @throws TunerError ENGINE_UNRESPONSIVE, WRONG_ANSWERS.
 */
export async function warmUp(endpoint: Endpoint, { benchmark }: TuningTask, signal: AbortSignal): Promise<void> {
  const apiKey = await readApiKey(endpoint.apiKeyFile);
  let left = benchmark.warmup_requests;
  const lane = async (): Promise<void> => {
    while (left-- > 0) {
      const { baseUrl, modelName } = endpoint;
      const probe = await probeCompletion({
        baseUrl,
        modelName,
        apiKey,
        maxTokens: TOKENS,
        timeoutMs: REQUEST_TIMEOUT_MS,
        signal,
      });
      if (probe.state === 'served') continue;
      const code = probe.state === 'wrong' ? 'WRONG_ANSWERS' : 'ENGINE_UNRESPONSIVE';
      throw new TunerError(code, `a warm-up request was not answered: ${probe.saw}`);
    }
  };
  const lanes = Math.min(benchmark.warmup_requests, Math.max(...benchmark.num_concurrency));
  await Promise.all(Array.from({ length: lanes }, lane));
}
