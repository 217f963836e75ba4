import { launchQuery, launchSchema, resultsFileSchema } from '../../contracts/http/results.js';
import { runQuery } from '../../contracts/http/tunes.js';
import { resultsCsv } from '../../domain/results/results-csv.js';
import type { ApiContext, ApiPorts } from '../context.js';
import { endpoint, type Endpoint } from '../endpoint.js';
import { ApiError } from '../problem.js';
import { detailOf } from './experiments.js';
import { experimentParams, tuneParams } from './params.js';
import type { FastifyReply } from 'fastify';

const REPORTS = [
  ['html', 'text/html; charset=utf-8', 'html'],
  ['md', 'text/markdown; charset=utf-8', 'markdown'],
] as const;

/** Results and exports of a tune, also while it runs. */
export function resultRoutes({ reader, ports }: ApiContext): Endpoint[] {
  const common = { method: 'GET', access: 'read', tag: 'results', params: tuneParams, query: runQuery } as const;
  return [
    endpoint({
      ...common,
      path: '/api/v1/tunes/:id/results',
      summary: 'The results file: so far, or as it was in the end.',
      answer: resultsFileSchema,
      handle: async ({ params, query, request, reply }) => {
        const reading = await reader.outcomes(params.id, query.run);
        const { runId, status } = reading.snapshot.info;
        // Of a tune that runs the times change with every second; what was measured does not.
        const tag = `"${runId}-${status}-${reading.entry.history.outcomes.length}"`;
        void reply.header('etag', tag).header('cache-control', 'no-cache');
        if (request.headers['if-none-match'] === tag) {
          await reply.code(304).send();
          return undefined;
        }
        return reader.resultsOf(reading);
      },
    }),
    endpoint({
      ...common,
      path: '/api/v1/tunes/:id/results.csv',
      summary: 'The results as a table.',
      answer: { contentType: 'text/csv; charset=utf-8' },
      handle: async ({ params, query, reply }) => {
        const results = reader.resultsOf(await reader.outcomes(params.id, query.run));
        offer(reply, `${results.task_name}_results.csv`);
        return resultsCsv(results);
      },
    }),
    ...REPORTS.map(([ending, contentType, form]) =>
      endpoint({
        ...common,
        path: `/api/v1/tunes/:id/report.${ending}`,
        summary: `The report as ${form === 'html' ? 'one self-contained page' : 'Markdown'}.`,
        answer: { contentType },
        handle: async ({ params, query, reply }) => {
          const results = reader.resultsOf(await reader.outcomes(params.id, query.run));
          // It has its styles within, which a page of this server may not.
          offer(reply, `${results.task_name}_report.${ending}`);
          return wanted(ports, 'report')(results, form);
        },
      })
    ),
    endpoint({
      ...common,
      path: '/api/v1/tunes/:id/launch',
      summary: 'How to run the best configuration, or that of an experiment, by hand.',
      query: launchQuery,
      answer: launchSchema,
      handle: async ({ params, query: { run, experiment } }) => {
        const results = reader.resultsOf(await reader.outcomes(params.id, run));
        const experimentId = experiment ?? results.best_result?.experiment_id ?? null;
        const forms = await wanted(ports, 'launch')(results, experimentId);
        return { experimentId, forms: [...forms] };
      },
    }),
    endpoint({
      ...common,
      path: '/api/v1/tunes/:id/experiments/:number/manifest',
      summary: 'The InferenceService of an experiment.',
      params: experimentParams,
      answer: { contentType: 'application/yaml; charset=utf-8' },
      handle: async ({ params: { id, number }, query, reply }) => {
        const reading = await reader.outcomes(id, query.run);
        detailOf(reading, number);
        const results = reader.resultsOf(reading);
        const forms = await wanted(ports, 'launch')(results, number);
        const manifest = forms.find(({ form }) => form === 'manifest');
        if (!manifest) throw new ApiError('not-found', 'there is no manifest of this engine');
        offer(reply, `${results.task_name}-${number}.yaml`);
        return manifest.text;
      },
    }),
  ];
}

/** As a file to be kept. Task names are harmless in a header. */
function offer(reply: FastifyReply, fileName: string): void {
  void reply.header('content-disposition', `attachment; filename="${fileName.replaceAll(/[^\w.-]/g, '_')}"`);
}

/** @throws ApiError not-available. */
function wanted<K extends 'report' | 'launch'>(ports: ApiPorts, name: K): NonNullable<ApiPorts[K]> {
  const port = ports[name];
  if (!port) throw new ApiError('not-available', `this server was started without ${name}s`);
  return port;
}
