import {
  compareQuery,
  comparisonSchema,
  historyListQuery,
  historyPageSchema,
  historyStatusSchema,
  noiseSchema,
  trendSchema,
  type ComparisonView,
  type HistoryPageView,
  type NoiseView,
  type TrendView,
} from '../../contracts/http/history.js';
import { launchQuery, resultsFileSchema } from '../../contracts/http/results.js';
import { columnsOf } from '../../domain/results/result-columns.js';
import type { ResultsFile } from '../../domain/results/tune-result.js';
import { z } from 'zod';
import type { ApiContext, ApiPorts } from '../context.js';
import { endpoint, type Endpoint } from '../endpoint.js';
import { ApiError } from '../problem.js';
import { exportRoutes } from './exports.js';
import { idParams } from './params.js';

/** Finished tunes, also those that Temporal no longer keeps. What the history says is JSON, and goes out as it is. */
export function historyRoutes({ ports }: ApiContext): Endpoint[] {
  const common = { method: 'GET', access: 'read', tag: 'history' } as const;
  const wanted = (): NonNullable<ApiPorts['history']> => {
    if (!ports.history) throw new ApiError('not-available', 'this server was started without a history');
    return ports.history;
  };
  const find = async (run: string): Promise<ResultsFile> => {
    const results = await wanted().get(run);
    if (!results) throw new ApiError('not-found', `the history has no run ${run}`);
    return results;
  };
  return [
    endpoint({
      ...common,
      path: '/api/v1/history',
      summary: 'Finished tunes, the newest first.',
      query: historyListQuery,
      answer: historyPageSchema,
      handle: async ({ query }) => (await wanted().list(query)) as HistoryPageView,
    }),
    endpoint({
      ...common,
      path: '/api/v1/history/compare',
      summary: 'Tunes side by side, each by its best.',
      query: compareQuery,
      answer: comparisonSchema,
      handle: async ({ query }) => {
        const runs = query.runs.split(',').map((run) => run.trim());
        return (await wanted().compare(runs)) as ComparisonView;
      },
    }),
    endpoint({
      ...common,
      path: '/api/v1/history/noise',
      summary: 'What the same configuration differs by from start to start, per host.',
      answer: noiseSchema,
      handle: async () => ({ hosts: [...(await wanted().noise())] }) as NoiseView,
    }),
    endpoint({
      ...common,
      path: '/api/v1/history/status',
      summary: 'What the history is kept in, and whether it can be asked.',
      answer: historyStatusSchema,
      handle: async () => wanted().status(),
    }),
    endpoint({
      ...common,
      path: '/api/v1/history/trends/:id',
      summary: 'A task over time: its best, and how it has changed.',
      params: idParams,
      answer: trendSchema,
      handle: async ({ params }) =>
        ({ taskName: params.id, points: [...(await wanted().trend(params.id))] }) as TrendView,
    }),
    endpoint({
      ...common,
      path: '/api/v1/history/:id',
      summary: 'The results file of a finished tune, by its run id.',
      params: idParams,
      answer: resultsFileSchema,
      handle: async ({ params }) => find(params.id),
    }),
    ...exportRoutes({
      ...{ path: '/api/v1/history/:id', tag: 'history', of: 'a finished tune', params: idParams, query: z.object({}) },
      launchQuery,
      results: find,
      columns: async (id) => columnsOf(await find(id)),
    }),
  ];
}
