/** One chat completion over the OpenAI API: what "it serves" means. */
import { stripVTControlCharacters } from 'node:util';
import { z } from 'zod';

const completionSchema = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string().nullish() }) })).min(1),
});

/** `unreachable`: nobody answers; `loading`: it says that it is not ready; `wrong`: it answers with something else. */
export type Probe = { readonly state: 'served' | 'unreachable' | 'loading' | 'wrong' | 'slow'; readonly saw: string };

export interface ProbeRequest {
  readonly baseUrl: string;
  readonly modelName: string;
  readonly apiKey: string;
  /** Default: a few words. */
  readonly prompt?: string;
  readonly maxTokens: number;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Asks for a short completion. @throws only the reason of `signal`. */
export async function probeCompletion(request: ProbeRequest): Promise<Probe> {
  const limit = AbortSignal.timeout(request.timeoutMs);
  try {
    const response = await fetch(`${request.baseUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${request.apiKey}` },
      body: JSON.stringify({
        model: request.modelName,
        messages: [{ role: 'user', content: request.prompt ?? 'Say hello.' }],
        max_tokens: request.maxTokens,
        temperature: 0,
      }),
      signal: AbortSignal.any([request.signal, limit]),
    });
    const text = (await response.text()).slice(0, 10_000);
    // It is shown to people: no control characters, which a terminal would obey.
    const shown = stripVTControlCharacters(text.slice(0, 200)).replace(/[\x00-\x1f\x7f]/g, ' ');
    const saw = `HTTP ${response.status}: ${shown}`;
    if (response.status === 503) return { state: 'loading', saw };
    const served = response.ok && completionSchema.safeParse(parseJson(text)).success;
    return { state: served ? 'served' : 'wrong', saw };
  } catch (error) {
    request.signal.throwIfAborted();
    if (limit.aborted) return { state: 'slow', saw: `no answer within ${request.timeoutMs} ms` };
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { state: 'unreachable', saw: cause instanceof Error ? cause.message : String(cause) };
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
