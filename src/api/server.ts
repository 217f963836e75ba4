import compress from '@fastify/compress';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import websocket from '@fastify/websocket';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Schedules } from '../client/index.js';
import type { ApiContext, ApiOptions } from './context.js';
import type { Endpoint } from './endpoint.js';
import { Streams } from './live/send-events.js';
import { TuneWatches } from './live/tune-watches.js';
import { TunesWatch } from './live/tunes-watch.js';
import { ApiMetrics } from './metrics/api-metrics.js';
import { TuneMetrics } from './metrics/tune-metrics.js';
import { ApiError, problemOf } from './problem.js';
import { registerEndpoint } from './register.js';
import { allEndpoints } from './routes/index.js';
import { HEADERS } from './security/headers.js';
import { checkHost, isLoopbackAddress } from './security/same-site.js';
import { StartedKeys } from './started-keys.js';
import { TuneReader } from './tune-reader.js';
import { summaryOf } from './views/tune-summary.js';
import { isPage, serveWebApp } from './web-app.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route was made of; absent for files of the web application. */
    endpoint?: Endpoint;
  }
}

const BODY_LIMIT = 1024 * 1024;
const REQUESTS_PER_MINUTE = 3000;
const LISTED = 100;

export interface Api {
  readonly app: FastifyInstance;
  readonly endpoints: readonly Endpoint[];
  /** Ends every stream, then the server. */
  close(): Promise<void>;
}

/** It would be reached from elsewhere, and nobody would have to say who they are. */
export class UnsafeBindError extends Error {
  override readonly name = 'UnsafeBindError';
}

/**
 * Makes the HTTP API; it does not listen yet.
 * @throws UnsafeBindError for a host other than loopback without tokens.
 */
export async function createApi(options: ApiOptions): Promise<Api> {
  const { host = '127.0.0.1', tokens, names = [], requestsPerMinute = REQUESTS_PER_MINUTE } = options;
  const isLoopback = isLoopbackAddress(host);
  if (!isLoopback && !tokens)
    throw new UnsafeBindError(
      `to listen on ${host}, write a token into a file ('write TOKEN', a line each) and name it in AUTOTUNER_API_TOKENS_FILE`
    );
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: 2000 },
    // Whoever is behind a proxy is the proxy: what it says of its clients is not believed.
    trustProxy: false,
    forceCloseConnections: true,
    requestTimeout: 30_000,
    // Its own errors, of requests that are no HTTP, are problems too.
    frameworkErrors: (error, request, reply) => {
      sendProblem(options, error, request, reply);
      return undefined;
    },
  });
  const context = contextOf(options);
  const metrics = new ApiMetrics(new TuneMetrics(context.reader), () => context.streams.size);
  const endpoints = allEndpoints(context, metrics);
  const allowed = new Set([...names, ...(isLoopback ? [] : [hostname(), host])].map((name) => name.toLowerCase()));

  // Text is what a form of another site can send; only JSON is read.
  app.removeContentTypeParser('text/plain');
  app.setErrorHandler((error, request, reply) => sendProblem(options, error, request, reply));
  await app.register(helmet, HEADERS);
  app.addHook('onRequest', async (request) => checkHost(request.headers.host, allowed, isLoopback));
  if (requestsPerMinute > 0) await app.register(rateLimit, { max: requestsPerMinute, timeWindow: 60_000 });
  // For those who are far away. The level is the fastest: most are not.
  await app.register(compress, {
    encodings: ['gzip'],
    threshold: 4096,
    globalDecompression: false,
    zlibOptions: { level: 1 },
  });
  await app.register(websocket, { options: { maxPayload: 4096 } });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.noteRequest(route, request.method, reply.statusCode, reply.elapsedTime / 1000);
  });
  await app.register(async (scope) => {
    scope.addHook('onSend', async (_, reply) => {
      if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store');
    });
    for (const one of endpoints) registerEndpoint(scope, one, context);
  });
  const webDir = options.webDir && existsSync(join(options.webDir, 'index.html')) ? options.webDir : null;
  await serveWebApp(app, webDir);
  app.setNotFoundHandler((request, reply) => {
    if (webDir && isPage(request.method, request.url)) return reply.sendFile('index.html');
    throw new ApiError('not-found', 'there is no such address');
  });
  return {
    app,
    endpoints,
    async close() {
      context.streams.close();
      context.watches.close();
      context.tunesWatch.close();
      context.reader.close();
      await app.close();
    },
  };
}

function contextOf(options: ApiOptions): ApiContext {
  const { client, temporal, ports = {} } = options;
  const reader = new TuneReader(client, { uiUrl: temporal.uiUrl, namespace: client.options.namespace });
  const latest = async (): Promise<ReturnType<typeof summaryOf>[]> =>
    (await reader.tunes.page({ limit: LISTED })).items.map((info) => summaryOf(info, reader.ui));
  return {
    ...{ options, reader, ports },
    schedules: new Schedules(client),
    watches: new TuneWatches(reader),
    tunesWatch: new TunesWatch(latest),
    streams: new Streams(),
    keys: new StartedKeys(client),
  };
}

function sendProblem({ onError }: ApiOptions, error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = problemOf(error, request.url.split('?')[0] ?? '');
  if (problem.code === 'internal') onError?.(error);
  if (problem.status === 503) void reply.header('retry-after', '5');
  void reply.code(problem.status).type('application/problem+json; charset=utf-8').send(JSON.stringify(problem));
}
