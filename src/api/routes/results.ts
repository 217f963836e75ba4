import { launchQuery, launchSchema, resultsFileSchema } from '../../contracts/http/results.js';
import { runQuery } from '../../contracts/http/tunes.js';
import { resultsCsv } from '../../domain/results/results-csv.js';
import type { ResultsFile } from '../../domain/results/tune-result.js';
import type { ApiContext } from '../context.js';
import { endpoint, type Endpoint } from '../endpoint.js';
import { ApiError } from '../problem.js';
import { htmlReportOf, launchFormsOf, markdownReportOf } from '../reports.js';
import { detailOf } from './experiments.js';
import { experimentParams, tuneParams } from './params.js';
import type { FastifyReply } from 'fastify';

/** Results and exports of a tune, also while it runs. */
export function resultRoutes({ reader }: ApiContext): Endpoint[] {
  const read = async (id: string, run: string | undefined): Promise<ResultsFile> =>
    reader.resultsOf(await reader.outcomes(id, run));
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
        const results = await read(params.id, query.run);
        offer(reply, `${results.task_name}_results.csv`);
        return resultsCsv(results);
      },
    }),
    endpoint({
      ...common,
      path: '/api/v1/tunes/:id/report.html',
      summary: 'The report as one self-contained page.',
      answer: { contentType: 'text/html; charset=utf-8' },
      handle: async ({ params, query, reply }) => {
        const { text, policy } = await htmlReportOf(await read(params.id, query.run));
        void reply.header('content-security-policy', `${policy}; frame-ancestors 'none'; sandbox`);
        return text;
      },
    }),
    endpoint({
      ...common,
      path: '/api/v1/tunes/:id/report.md',
      summary: 'The report as Markdown.',
      answer: { contentType: 'text/markdown; charset=utf-8' },
      handle: async ({ params, query, reply }) => {
        const results = await read(params.id, query.run);
        offer(reply, `${results.task_name}_report.md`);
        return markdownReportOf(results);
      },
    }),
    endpoint({
      ...common,
      path: '/api/v1/tunes/:id/launch',
      summary: 'How to run what the results recommend, or an experiment, by hand.',
      query: launchQuery,
      answer: launchSchema,
      handle: async ({ params, query: { run, experiment } }) => launchFormsOf(await read(params.id, run), experiment),
    }),
    endpoint({
      ...common,
      path: '/api/v1/tunes/:id/experiments/:number/manifest',
      summary: 'The InferenceService of an experiment.',
      params: experimentParams,
      answer: { contentType: 'application/yaml; charset=utf-8' },
      handle: async ({ params: { id, number }, query, reply }) => {
        const reading = await reader.outcomes(id, query.run);
        const { row } = detailOf(reading, number);
        // A final measures the combination of another experiment.
        const { forms } = await launchFormsOf(reader.resultsOf(reading), row.of ?? number);
        const manifest = forms.find(({ form }) => form === 'inference-service');
        if (!manifest) throw new ApiError('not-found', 'there is no manifest of this engine');
        offer(reply, manifest.fileName);
        return manifest.text;
      },
    }),
  ];
}

/** As a file to be kept. Task names are harmless in a header. */
function offer(reply: FastifyReply, fileName: string): void {
  void reply.header('content-disposition', `attachment; filename="${fileName.replaceAll(/[^\w.-]/g, '_')}"`);
}
