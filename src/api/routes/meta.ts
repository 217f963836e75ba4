import { z } from 'zod';
import { aboutSchema, guideSchema, healthSchema, readinessSchema, type About } from '../../contracts/http/about.js';
import { saidSchema } from '../../contracts/http/common.js';
import { FAILURES } from '../../domain/failures.js';
import { guideOf } from '../../domain/guide/index.js';
import { METRICS, unitOf } from '../../domain/loads/metric.js';
import { STRATEGIES } from '../../domain/space/strategy.js';
import { jsonSchemas } from '../../domain/task/json-schemas.js';
import { packageVersion } from '../../platform/environment.js';
import type { ApiContext } from '../context.js';
import { endpoint, type Endpoint } from '../endpoint.js';
import type { ApiMetrics } from '../metrics/api-metrics.js';
import { openApiOf } from '../openapi.js';
import { ApiError } from '../problem.js';
import { bearerOf, grantOf, keepToken } from '../security/access.js';
import { idParams } from './params.js';

const READY_WITHIN_MS = 3000;
const ENGINES = ['llama.cpp', 'sglang', 'vllm'];
const BACKENDS = ['process', 'docker', 'ome'];

/** What this server is, whether it is well, and what it offers. */
export function metaRoutes(context: ApiContext, metrics: ApiMetrics, all: () => readonly Endpoint[]): Endpoint[] {
  const { ports, options, reader } = context;
  const common = { method: 'GET', tag: 'server' } as const;
  return [
    endpoint({
      ...{ ...common, path: '/healthz', access: 'open' },
      summary: 'Whether the process is alive.',
      answer: healthSchema,
      handle: async () => ({ status: 'ok' as const }),
    }),
    endpoint({
      ...{ ...common, path: '/readyz', access: 'open' },
      summary: 'Whether it can serve: 503 while Temporal does not answer.',
      answer: readinessSchema,
      handle: async ({ reply }) => {
        const temporal = await answers(context);
        const workers = temporal && (await reader.tunes.hasWorkers().catch(() => false));
        const history = ports.history ? await ports.history.status().then(({ isOpen }) => isOpen) : null;
        if (!temporal) void reply.code(503);
        return { status: temporal ? ('ready' as const) : ('not-ready' as const), temporal, history, workers };
      },
    }),
    endpoint({
      ...{ ...common, path: '/metrics', access: 'read' },
      summary: "Prometheus' text.",
      answer: { contentType: 'text/plain; version=0.0.4; charset=utf-8' },
      handle: () => metrics.text(),
    }),
    endpoint({
      ...{ ...common, path: '/openapi.json', access: 'open' },
      summary: 'This API, as OpenAPI 3.1.',
      answer: z.looseObject({}),
      handle: async () => openApiOf(all()),
    }),
    endpoint({
      ...{ ...common, path: '/api/v1/about', access: 'read' },
      summary: 'What this server is, and what it can do.',
      answer: aboutSchema,
      handle: async ({ request }): Promise<About> => ({
        version: packageVersion(),
        temporal: { ...options.temporal, namespace: reader.ui.namespace },
        hasWorkers: await reader.tunes.hasWorkers(),
        engines: ENGINES,
        backends: BACKENDS,
        strategies: [...STRATEGIES],
        metrics: METRICS.map((name) => ({ name, unit: unitOf(name) })),
        failures: Object.fromEntries(
          Object.entries(FAILURES).map(([code, { meaning, nextStep }]) => [code, { meaning, nextStep }])
        ),
        features: { history: !!ports.history, report: true, guide: true },
        access: { tokens: options.tokens !== null, mayWrite: grantOf(request, options.tokens) === 'write' },
      }),
    }),
    endpoint({
      ...{ ...common, path: '/api/v1/schema/task', access: 'read' },
      summary: 'The JSON Schema of a task file.',
      answer: z.looseObject({}),
      handle: async () => ({ ...jsonSchemas()['task.schema.json'] }),
    }),
    endpoint({
      ...{ ...common, path: '/api/v1/guide/:id', access: 'read' },
      summary: 'The parameters of an engine that are worth tuning, with presets and warnings.',
      params: idParams,
      answer: guideSchema,
      handle: async ({ params }) => {
        const guide = guideOf(params.id);
        if (!guide) throw new ApiError('not-found', `there is no guide for '${params.id}'`);
        return guide;
      },
    }),
    endpoint({
      ...{ ...common, method: 'POST', path: '/api/v1/session', access: 'read' },
      summary: 'Keeps the token of this request in a cookie, for what cannot send a header: event streams, downloads.',
      answer: saidSchema,
      handle: async ({ request, reply }) => {
        if (!options.tokens) return { message: 'no token is needed here' };
        const token = bearerOf(request);
        if (token === null) throw new ApiError('invalid-request', "send the token as 'Authorization: Bearer TOKEN'");
        keepToken(reply, token, request.headers['x-forwarded-proto'] === 'https');
        return { message: 'the browser keeps it until it is closed' };
      },
    }),
    endpoint({
      ...{ ...common, method: 'DELETE', path: '/api/v1/session', access: 'open' },
      summary: 'Forgets the cookie.',
      answer: saidSchema,
      handle: async ({ reply }) => {
        keepToken(reply, null, false);
        return { message: 'forgotten' };
      },
    }),
  ];
}

async function answers({ reader: { client } }: ApiContext): Promise<boolean> {
  const { namespace } = client.options;
  return client
    .withDeadline(Date.now() + READY_WITHIN_MS, () => client.workflowService.describeNamespace({ namespace }))
    .then(
      () => true,
      () => false
    );
}
