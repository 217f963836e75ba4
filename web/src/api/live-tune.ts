/** A tune as it is now: one stream of events, kept in the same cache that the views read. */
import { useEffect, useState } from 'preact/hooks';
import { useQuery, type InfiniteData } from '@tanstack/preact-query';
import type { ExperimentPage, ExperimentRow, TuneEvent, TuneView } from '../../../src/contracts/http/index.js';
import { follow, type Connection } from './follow.js';
import { tuneRunPath, type TuneRef } from './paths.js';
import { experimentsQuery, queryClient, tuneQuery } from './queries.js';

/** Results are larger than everything else: while experiments end quickly they are not read for each of them. */
const RESULTS_EVERY_MS = 2000;

export interface LiveTune {
  readonly view: TuneView | undefined;
  readonly error: Error | null;
  readonly connection: Connection;
}

export function useLiveTune({ id, run }: TuneRef): LiveTune {
  const tune: TuneRef = { id, run };
  const options = tuneQuery(tune);
  const { data: view, error } = useQuery(options);
  const [connection, setConnection] = useState<Connection>('connecting');
  useEffect(() => {
    const stop = new AbortController();
    const refresh = lazily(() => refreshLists(tune), RESULTS_EVERY_MS);
    const onEvent = (event: TuneEvent): void => {
      if (event.type === 'experiment') {
        replaceRow(tune, event.row);
        return refresh();
      }
      const before = queryClient.getQueryData(options.queryKey);
      const after = event.type === 'snapshot' ? event.view : before && ({ ...before, ...event.fields } as TuneView);
      if (after) queryClient.setQueryData(options.queryKey, after);
      // A snapshot after others stands for all that was missed.
      if (after && before && (event.type === 'snapshot' || after.finished !== before.finished)) refresh();
    };
    const isOver = (): boolean => Boolean(queryClient.getQueryData(options.queryKey)?.info.closedAt);
    const path = tuneRunPath(tune, '/events');
    void follow<TuneEvent>({ path, onEvent, onConnection: setConnection, isOver }, stop.signal);
    return () => stop.abort();
  }, [id, run]);
  return { view, error, connection };
}

/** At once, and then again at most every so often. */
function lazily(action: () => void, everyMs: number): () => void {
  let lastMs = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const act = (): void => {
    lastMs = performance.now();
    timer = undefined;
    action();
  };
  return () => {
    if (timer !== undefined) return;
    timer = setTimeout(act, Math.max(0, lastMs + everyMs - performance.now()));
  };
}

function refreshLists({ id }: TuneRef): void {
  for (const key of ['experiments', 'results', 'launch', 'experiment'])
    void queryClient.invalidateQueries({ queryKey: [key, id] });
}

/** A row that is shown changes at once; one that is not comes with the next reading. */
function replaceRow({ id, run }: TuneRef, row: ExperimentRow): void {
  const lists = { queryKey: experimentsQuery({ id, run }, {}).queryKey.slice(0, 3) };
  queryClient.setQueriesData<InfiniteData<ExperimentPage, string>>(lists, (data) => {
    if (!data?.pages.some(({ items }) => items.some(({ experimentId }) => experimentId === row.experimentId)))
      return data;
    const replace = (one: ExperimentRow): ExperimentRow => (one.experimentId === row.experimentId ? row : one);
    return { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.map(replace) })) };
  });
}
