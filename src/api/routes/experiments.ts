import {
  experimentDetailSchema,
  experimentListQuery,
  experimentPageSchema,
  LOG_KINDS,
  logQuery,
  type ExperimentDetail,
} from '../../contracts/http/experiments.js';
import { runQuery } from '../../contracts/http/tunes.js';
import { experimentResult } from '../../domain/results/results-file.js';
import { shellQuote } from '../../domain/shell-quote.js';
import type { ApiContext } from '../context.js';
import { endpoint, type Endpoint } from '../endpoint.js';
import { ExperimentLogs } from '../experiment-logs.js';
import { ApiError } from '../problem.js';
import { pageOfRows } from '../rows.js';
import { allRows, type TuneReading } from '../tune-reader.js';
import { runningView } from '../views/experiment-rows.js';
import { taskNameOf } from '../../domain/names.js';
import { experimentParams, tuneParams } from './params.js';

export function experimentRoutes({ reader, options: { environment } }: ApiContext): Endpoint[] {
  const logs = new ExperimentLogs(reader.client, environment);
  const common = { method: 'GET', access: 'read', tag: 'experiments' } as const;
  const read = (id: string, run: string | undefined): Promise<TuneReading> => reader.experiments(id, run);
  return [
    endpoint({
      ...common,
      path: '/api/v1/tunes/:id/experiments',
      summary:
        'The experiments of a tune: of the search, the baseline, the finals; finished, running and planned ones.',
      params: tuneParams,
      query: experimentListQuery,
      answer: experimentPageSchema,
      handle: async ({ params, query: { run, ...query } }) => pageOfRows(allRows(await read(params.id, run)), query),
    }),
    endpoint({
      ...common,
      path: '/api/v1/tunes/:id/experiments/:number',
      summary: 'One experiment with all its measurements, and the evidence where it failed.',
      params: experimentParams,
      query: runQuery,
      answer: experimentDetailSchema,
      handle: async ({ params: { id, number }, query }) => {
        const reading = await read(id, query.run);
        const detail = detailOf(reading, number);
        const found = await logs.find(reading, number);
        const path = `/api/v1/tunes/${encodeURIComponent(id)}/experiments/${number}/logs`;
        return { ...detail, logs: found.map(({ kind, bytes }) => ({ kind, bytes, path: `${path}/${kind}` })) };
      },
    }),
    ...LOG_KINDS.map((kind) =>
      endpoint({
        ...common,
        path: `/api/v1/tunes/:id/experiments/:number/logs/${kind}`,
        summary: `What the ${kind === 'engine' ? 'engine' : 'load generator'} has printed, also while it runs; without secrets.`,
        params: experimentParams,
        query: logQuery,
        answer: { contentType: 'text/plain; charset=utf-8' },
        handle: async ({ params: { id, number }, query: { run, tail } }) => {
          const text = await logs.read(await read(id, run), number, kind, tail);
          if (text === null)
            throw new ApiError('not-found', `there is no ${kind} log of experiment ${number} on this machine`);
          return text;
        },
      })
    ),
  ];
}

/** @throws ApiError not-found. */
export function detailOf(reading: TuneReading, number: number): Omit<ExperimentDetail, 'logs'> {
  const { snapshot, digest } = reading;
  const row = allRows(reading).find(({ experimentId }) => experimentId === number);
  if (!row) throw new ApiError('not-found', `the tune has no experiment ${number}`);
  const outcome = digest?.outcomes.get(number);
  const result = digest && outcome ? experimentResult(digest.task, outcome) : null;
  const baseline = digest?.conclusion.baseline;
  const running = snapshot.running.find(({ experimentId }) => experimentId === number);
  const command = outcome?.provenance?.command;
  return {
    tune: taskNameOf(snapshot.info.workflowId),
    runId: snapshot.info.runId,
    row,
    running: running ? runningView(running) : null,
    difference: Object.entries(row.combination).map(([parameter, value]) => ({
      parameter,
      value,
      baseline: baseline?.combination[parameter] ?? null,
    })),
    result,
    baseline: digest && baseline ? experimentResult(digest.task, baseline) : null,
    command: command ? shellQuote(command) : null,
  };
}
