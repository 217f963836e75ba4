import { launchQuery, resultsFileSchema, type ResultColumns } from '../../contracts/http/results.js';
import { runQuery } from '../../contracts/http/tunes.js';
import type { ResultsFile } from '../../domain/results/tune-result.js';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ApiContext } from '../context.js';
import { endpoint, type Endpoint } from '../endpoint.js';
import { ApiError } from '../problem.js';
import { launchFormsOf } from '../reports.js';
import type { TuneReading } from '../tune-reader.js';
import { detailOf } from './experiments.js';
import { exportRoutes, offer } from './exports.js';
import { experimentParams, tuneParams } from './params.js';

interface Call {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Results and exports of a tune, also while it runs. */
export function resultRoutes({ reader }: ApiContext): Endpoint[] {
  const common = { method: 'GET', access: 'read', tag: 'results', params: tuneParams, query: runQuery } as const;
  /** Undefined where the client has it already. */
  const unlessKnown = async <T>(
    [id, run]: readonly [string, string | undefined],
    { request, reply }: Call,
    answer: (reading: TuneReading) => T
  ): Promise<T | undefined> => {
    const reading = await reader.outcomes(id, run);
    const { runId, status } = reading.snapshot.info;
    // Of a tune that runs the times change with every second; what was measured does not.
    const tag = `"${runId}-${status}-${reading.entry.history.outcomes.length}"`;
    void reply.header('etag', tag).header('cache-control', 'no-cache');
    // Compressed on its way, it is a weak one.
    if (request.headers['if-none-match']?.replace(/^W\//, '') !== tag) return answer(reading);
    await reply.code(304).send();
    return undefined;
  };
  return [
    endpoint({
      ...common,
      path: '/api/v1/tunes/:id/results',
      summary: 'The results file: so far, or as it was in the end.',
      answer: resultsFileSchema,
      handle: async ({ params, query, ...call }): Promise<ResultsFile | undefined> =>
        unlessKnown([params.id, query.run], call, (reading) => reader.resultsOf(reading)),
    }),
    ...exportRoutes({
      ...{ path: '/api/v1/tunes/:id', tag: 'results', of: 'a tune', params: tuneParams, query: runQuery },
      launchQuery: launchQuery.extend(runQuery.shape),
      results: async (id, run) => reader.resultsOf(await reader.outcomes(id, run)),
      columns: async (id, run, call): Promise<ResultColumns | undefined> =>
        unlessKnown([id, run], call, (reading) => reader.columnsOf(reading)),
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
