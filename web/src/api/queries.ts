/** What the views read: a key and how to get it. */
import { infiniteQueryOptions, QueryClient, queryOptions } from '@tanstack/preact-query';
import type {
  About,
  ComparisonView,
  ExperimentDetail,
  ExperimentListQuery,
  ExperimentPage,
  HistoryListQuery,
  HistoryPageView,
  Launch,
  NoiseView,
  ResultColumns,
  ScheduleDetail,
  SchedulePage,
  TrendView,
  TuneListQuery,
  TunePage,
  TuneView,
} from '../../../src/contracts/http/index.js';
import { ApiError, getJson, query, send } from './http.js';
import { historyPath, tuneRunPath, type TuneRef } from './paths.js';
import { outlineOf } from '../../../src/domain/results/read-columns.js';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5000,
      refetchOnWindowFocus: false,
      // A refusal stays one; what is on its way up may answer soon.
      retry: (count, error) => count < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status >= 500),
      retryDelay: 500,
    },
  },
});

/** Where a page begins is no business of a filter. */
type Filter<T> = Omit<T, 'cursor' | 'limit' | 'run'> & { readonly limit?: number };

const firstPage: { initialPageParam: string; getNextPageParam: (page: { next: string | null }) => string | null } = {
  initialPageParam: '',
  getNextPageParam: ({ next }) => next,
};

export const aboutQuery = queryOptions({
  queryKey: ['about'],
  queryFn: ({ signal }) => getJson<About>('/about', signal),
  // A worker that has only just been started is seen soon.
  refetchInterval: ({ state }) => (state.data?.hasWorkers ? 60_000 : 3_000),
  staleTime: 60_000,
});

export const tunesQuery = (filter: Filter<TuneListQuery>) =>
  infiniteQueryOptions({
    queryKey: ['tunes', filter],
    queryFn: ({ pageParam, signal }) =>
      getJson<TunePage>(`/tunes${query({ limit: 100, ...filter, cursor: pageParam })}`, signal),
    ...firstPage,
  });

export const tuneQuery = (tune: TuneRef) =>
  queryOptions({
    queryKey: ['tune', tune.id, tune.run ?? ''],
    queryFn: ({ signal }) => getJson<TuneView>(tuneRunPath(tune), signal),
  });

export const experimentsQuery = (tune: TuneRef, filter: Filter<ExperimentListQuery>) =>
  infiniteQueryOptions({
    queryKey: ['experiments', tune.id, tune.run ?? '', filter],
    queryFn: ({ pageParam, signal }) =>
      getJson<ExperimentPage>(tuneRunPath(tune, '/experiments', { limit: 200, ...filter, cursor: pageParam }), signal),
    ...firstPage,
  });

export const experimentQuery = (tune: TuneRef, n: number) =>
  queryOptions({
    queryKey: ['experiment', tune.id, tune.run ?? '', n],
    queryFn: ({ signal }) => getJson<ExperimentDetail>(tuneRunPath(tune, `/experiments/${n}`), signal),
  });

export const logQuery = (tune: TuneRef, n: number, kind: string, tail: number) =>
  queryOptions({
    queryKey: ['log', tune.id, tune.run ?? '', n, kind, tail],
    queryFn: async ({ signal }) =>
      (await send(tuneRunPath(tune, `/experiments/${n}/logs/${kind}`, { tail }), { signal })).text(),
  });

/** What is drawn and told of a tune's results; the whole file is for downloads. */
export const outlineQuery = (tune: TuneRef) =>
  queryOptions({
    queryKey: ['results', tune.id, tune.run ?? ''],
    queryFn: async ({ signal }) => outlineOf(await getJson<ResultColumns>(tuneRunPath(tune, '/columns'), signal)),
    // Comparing two of them of ten thousand experiments would take longer than drawing them.
    structuralSharing: false,
  });

export const launchQuery = (tune: TuneRef, experiment?: number) =>
  queryOptions({
    queryKey: ['launch', tune.id, tune.run ?? '', experiment ?? -1],
    queryFn: ({ signal }) => getJson<Launch>(tuneRunPath(tune, '/launch', { experiment }), signal),
  });

export const schedulesQuery = queryOptions({
  queryKey: ['schedules'],
  queryFn: ({ signal }) => getJson<SchedulePage>('/schedules', signal),
});

export const scheduleQuery = (id: string) =>
  queryOptions({
    queryKey: ['schedule', id],
    queryFn: ({ signal }) => getJson<ScheduleDetail>(`/schedules/${encodeURIComponent(id)}`, signal),
  });

export const historyQuery = (filter: Filter<HistoryListQuery>) =>
  infiniteQueryOptions({
    queryKey: ['history', filter],
    queryFn: ({ pageParam, signal }) =>
      getJson<HistoryPageView>(`/history${query({ limit: 100, ...filter, cursor: pageParam })}`, signal),
    ...firstPage,
  });

export const historyEntryQuery = (runId: string) =>
  queryOptions({
    queryKey: ['history-entry', runId],
    queryFn: async ({ signal }) => outlineOf(await getJson<ResultColumns>(historyPath(runId, '/columns'), signal)),
    structuralSharing: false,
  });

export const historyLaunchQuery = (runId: string) =>
  queryOptions({
    queryKey: ['history-launch', runId],
    queryFn: ({ signal }) => getJson<Launch>(historyPath(runId, '/launch'), signal),
  });

export const compareQuery = (runs: readonly string[]) =>
  queryOptions({
    queryKey: ['history-compare', runs],
    queryFn: ({ signal }) => getJson<ComparisonView>(`/history/compare${query({ runs: runs.join(',') })}`, signal),
  });

export const trendQuery = (task: string) =>
  queryOptions({
    queryKey: ['history-trend', task],
    queryFn: ({ signal }) => getJson<TrendView>(`/history/trends/${encodeURIComponent(task)}`, signal),
  });

export const noiseQuery = queryOptions({
  queryKey: ['history-noise'],
  queryFn: ({ signal }) => getJson<NoiseView>('/history/noise', signal),
});

/** Whatever a command to a tune may have changed. */
export async function refreshTune({ id }: TuneRef): Promise<void> {
  await Promise.all(
    ['tune', 'experiments', 'results', 'launch'].map((key) => queryClient.invalidateQueries({ queryKey: [key, id] }))
  );
}
