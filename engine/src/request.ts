/** Checks the body of a completion request and translates it. */
import { invalidRequest } from './errors.js';
import type { ChatMessage } from './model.js';

/** What the engine does for one request; field names are ours, defaults are llama-server's. */
export interface GenerationRequest {
  /** Name to echo in the answer, if the client gave one. */
  modelName: string | undefined;
  stream: boolean;
  /** Whether the last event of a stream tells the token counts. @default true */
  includeUsage: boolean;
  /** Infinity generates until the slot's context is full. */
  maxTokens: number;
  /** Go on where the model wants to end. */
  ignoreEnd: boolean;
  /** Texts that end the answer and are not part of it. */
  stop: string[];
  temperature: number;
  topK: number;
  topP: number;
  minP: number;
  seed: number | undefined;
}

type Body = Record<string, unknown>;

function number(body: Body, name: string, fallback: number, minimum: number): number {
  const value = body[name];
  if (value === undefined || value === null) return fallback;
  if (typeof value === 'number' && Number.isFinite(value) && value >= minimum) return value;
  throw invalidRequest(`"${name}" must be a number of at least ${minimum}`);
}

function stopTexts(value: unknown): string[] {
  const texts = value === undefined || value === null ? [] : [value].flat();
  if (!texts.every((text) => typeof text === 'string'))
    throw invalidRequest('"stop" must be a string or a list of strings');
  return texts.filter((text) => text !== '');
}

/** @throws {ApiError} 400 unless the text is a JSON object */
export function parseBody(text: string): Body {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    throw invalidRequest(`the body is not JSON: ${(error as Error).message}`);
  }
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Body;
  throw invalidRequest('the body must be a JSON object');
}

/** @throws {ApiError} 400 for a field of the wrong kind */
export function parseGenerationRequest(body: Body): GenerationRequest {
  const limitName = ['max_completion_tokens', 'max_tokens', 'n_predict'].find((name) => typeof body[name] === 'number');
  const limit = limitName ? number(body, limitName, -1, -1) : -1;
  const streamOptions = body['stream_options'] as { include_usage?: unknown } | undefined;
  return {
    modelName: typeof body['model'] === 'string' ? body['model'] : undefined,
    stream: body['stream'] === true,
    includeUsage: streamOptions?.include_usage !== false,
    maxTokens: limit < 0 ? Infinity : Math.floor(limit),
    ignoreEnd: body['ignore_eos'] === true,
    stop: stopTexts(body['stop']),
    temperature: number(body, 'temperature', 0.8, 0),
    topK: number(body, 'top_k', 40, 0),
    topP: number(body, 'top_p', 0.95, 0),
    minP: number(body, 'min_p', 0.05, 0),
    seed: typeof body['seed'] === 'number' && body['seed'] >= 0 ? body['seed'] : undefined,
  };
}

/** Text of a message: a string, or a list of parts of which only text can be understood. */
function contentText(content: unknown): string {
  if (typeof content === 'string') return content;
  if (content === undefined || content === null) return '';
  if (!Array.isArray(content)) throw invalidRequest('"content" of a message must be a string or a list of parts');
  return content
    .map((part: { type?: unknown; text?: unknown }) => {
      if (part?.type === 'text' && typeof part.text === 'string') return part.text;
      throw invalidRequest('only text is supported in "content"');
    })
    .join('');
}

/** @throws {ApiError} 400 unless there is at least one message with a role */
export function parseMessages(body: Body): ChatMessage[] {
  const messages = body['messages'];
  if (!Array.isArray(messages) || messages.length === 0)
    throw invalidRequest('"messages" must be a list with messages');
  return messages.map((message: { role?: unknown; content?: unknown } | null) => {
    if (typeof message?.role !== 'string') throw invalidRequest('every message needs a "role"');
    return { role: message.role, content: contentText(message.content) };
  });
}

/** @throws {ApiError} 400 unless "prompt" is a text, or a list with a single one */
export function parsePrompt(body: Body): string {
  const prompts = [body['prompt']].flat();
  if (prompts.length === 1 && typeof prompts[0] === 'string') return prompts[0];
  throw invalidRequest('"prompt" must be a string');
}
