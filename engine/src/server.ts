/** HTTP: routes, API keys, errors. */
import { createHash, timingSafeEqual } from 'node:crypto';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';

import type { EngineOptions } from './arguments.js';
import { chatShape, streamWriter, textShape, wholeWriter, type Shape } from './completion-writer.js';
import type { Engine } from './engine.js';
import { ApiError, invalidRequest, loadingModel } from './errors.js';
import { parseBody, parseGenerationRequest, parseMessages, parsePrompt } from './request.js';

const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** Answered without an API key. */
const PUBLIC_PATHS = new Set(['/health', '/v1/health', '/models', '/v1/models']);

interface Context {
  options: EngineOptions;
  engine: Engine;
  request: IncomingMessage;
  response: ServerResponse;
}

type Handler = (context: Context) => void | Promise<void>;

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw new ApiError(413, 'invalid_request_error', 'the body is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A client that disconnects ends its generation and frees the slot. */
function abortOnDisconnect(response: ServerResponse): AbortSignal {
  const controller = new AbortController();
  response.on('close', () => controller.abort());
  return controller.signal;
}

function completions(shape: Shape, promptOf: (engine: Engine, body: Record<string, unknown>) => string): Handler {
  return async ({ options, engine, request, response }) => {
    const body = parseBody(await readBody(request));
    const generation = parseGenerationRequest(body);
    const tokens = engine.tokenize(promptOf(engine, body));
    if (tokens.length === 0) throw invalidRequest('the prompt is empty');
    const model = generation.modelName ?? options.alias;
    const writer = generation.stream
      ? streamWriter(response, shape, model, generation.includeUsage)
      : wholeWriter(response, shape, model);
    const signal = abortOnDisconnect(response);
    const completion = await engine.complete(tokens, generation, writer.text, signal);
    if (!signal.aborted) writer.end(completion);
  };
}

const health: Handler = ({ response }) => sendJson(response, 200, { status: 'ok' });

const models: Handler = ({ options, response }) =>
  sendJson(response, 200, {
    object: 'list',
    data: [{ id: options.alias, object: 'model', created: Math.floor(Date.now() / 1000), owned_by: 'llamacpp' }],
  });

/** llama-server's `build_info`: what a benchmark notes as the engine's version. */
const props: Handler = ({ options, engine, response }) =>
  sendJson(response, 200, {
    build_info: `${engine.release} (embedded)`,
    total_slots: options.parallel,
    model_path: options.modelPath,
  });

const metrics: Handler = ({ options, engine, response }) => {
  if (!options.metrics) {
    throw new ApiError(
      501,
      'not_supported_error',
      'This server does not support metrics endpoint. Start it with `--metrics`'
    );
  }
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' });
  response.end(engine.metrics.render(engine.loop));
};

const chat = completions(chatShape, (engine, body) => engine.renderChat(parseMessages(body)));
const text = completions(textShape, (_engine, body) => parsePrompt(body));

const ROUTES: Record<string, Handler> = {
  'GET /health': health,
  'GET /v1/health': health,
  'GET /models': models,
  'GET /v1/models': models,
  'GET /metrics': metrics,
  'GET /props': props,
  'POST /chat/completions': chat,
  'POST /v1/chat/completions': chat,
  'POST /completions': text,
  'POST /v1/completions': text,
};

const digest = (value: string): Buffer => createHash('sha256').update(value).digest();

function hasKey(request: IncomingMessage, keys: Buffer[]): boolean {
  const bearer = /^Bearer (.*)$/i.exec(request.headers.authorization ?? '')?.[1];
  const given = digest(bearer ?? String(request.headers['x-api-key'] ?? ''));
  return keys.some((key) => timingSafeEqual(key, given));
}

/** @param getEngine undefined while the model is loading */
export function createServer(options: EngineOptions, getEngine: () => Engine | undefined): http.Server {
  const keys = options.apiKeys.map(digest);

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (keys.length > 0 && !PUBLIC_PATHS.has(pathname) && !hasKey(request, keys)) {
      throw new ApiError(401, 'authentication_error', 'Invalid API Key');
    }
    const engine = getEngine();
    if (!engine) throw loadingModel();
    const handler = ROUTES[`${request.method} ${pathname}`];
    if (!handler) throw new ApiError(404, 'not_found_error', 'File Not Found');
    await handler({ options, engine, request, response });
  }

  return http.createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (response.destroyed) return;
      const known = error instanceof ApiError ? error : new ApiError(500, 'server_error', String(error));
      if (known.status === 500) console.error(error);
      if (response.headersSent) response.destroy();
      else sendJson(response, known.status, known.toJSON());
    });
  });
}
