/** What is made of results for people and programs: the same of a tune of now and of a finished one. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { launchSchema, resultColumnsSchema, type ResultColumns } from '../../contracts/http/results.js';
import { resultsCsv } from '../../domain/results/results-csv.js';
import type { ResultsFile } from '../../domain/results/tune-result.js';
import { endpoint, type Endpoint } from '../endpoint.js';
import { htmlReportOf, launchFormsOf, markdownReportOf } from '../reports.js';

interface ExportsOf {
  /** `/api/v1/tunes/:id`. */
  readonly path: string;
  readonly tag: string;
  /** What it is called: `a tune`. */
  readonly of: string;
  readonly params: z.ZodType<{ readonly id: string }>;
  readonly query: z.ZodType<{ readonly run?: string | undefined }>;
  readonly launchQuery: z.ZodType<{ readonly run?: string | undefined; readonly experiment?: number | undefined }>;
  readonly results: (id: string, run: string | undefined) => Promise<ResultsFile>;
  readonly columns: (
    id: string,
    run: string | undefined,
    call: { readonly request: FastifyRequest; readonly reply: FastifyReply }
  ) => Promise<ResultColumns | undefined>;
}

export function exportRoutes({ path, tag, of, params, query, launchQuery, results, columns }: ExportsOf): Endpoint[] {
  const common = { method: 'GET', access: 'read', tag, params, query } as const;
  return [
    endpoint({
      ...common,
      path: `${path}/columns`,
      summary: `What is drawn of the results of ${of}, as columns: a small part of their size.`,
      answer: resultColumnsSchema,
      handle: async ({ params: { id }, query: { run }, request, reply }) => columns(id, run, { request, reply }),
    }),
    endpoint({
      ...common,
      path: `${path}/results.csv`,
      summary: `The results of ${of} as a table.`,
      answer: { contentType: 'text/csv; charset=utf-8' },
      handle: async ({ params: { id }, query: { run }, reply }) => {
        const found = await results(id, run);
        offer(reply, `${found.task_name}_results.csv`);
        return resultsCsv(found);
      },
    }),
    endpoint({
      ...common,
      path: `${path}/report.html`,
      summary: `The report of ${of} as one self-contained page.`,
      answer: { contentType: 'text/html; charset=utf-8' },
      handle: async ({ params: { id }, query: { run }, reply }) => {
        const { text, policy } = await htmlReportOf(await results(id, run));
        void reply.header('content-security-policy', `${policy}; frame-ancestors 'none'; sandbox`);
        return text;
      },
    }),
    endpoint({
      ...common,
      path: `${path}/report.md`,
      summary: `The report of ${of} as Markdown.`,
      answer: { contentType: 'text/markdown; charset=utf-8' },
      handle: async ({ params: { id }, query: { run }, reply }) => {
        const found = await results(id, run);
        offer(reply, `${found.task_name}_report.md`);
        return markdownReportOf(found);
      },
    }),
    endpoint({
      ...common,
      path: `${path}/launch`,
      summary: `How to run what the results of ${of} recommend, or an experiment, by hand.`,
      query: launchQuery,
      answer: launchSchema,
      handle: async ({ params: { id }, query: { run, experiment } }) =>
        launchFormsOf(await results(id, run), experiment),
    }),
  ];
}

/** As a file to be kept. Task names are harmless in a header. */
export function offer(reply: FastifyReply, fileName: string): void {
  void reply.header('content-disposition', `attachment; filename="${fileName.replaceAll(/[^\w.-]/g, '_')}"`);
}
