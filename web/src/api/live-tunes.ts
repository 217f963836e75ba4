/** The list of tunes, live. */
import { useEffect, useState } from 'preact/hooks';
import type { InfiniteData } from '@tanstack/preact-query';
import type { TunePage, TunesEvent, TuneSummary } from '../../../src/contracts/http/index.js';
import { follow, type Connection } from './follow.js';
import { queryClient } from './queries.js';

export function useLiveTunes(): Connection {
  const [connection, setConnection] = useState<Connection>('connecting');
  useEffect(() => {
    const stop = new AbortController();
    const onEvent = (event: TunesEvent): void => {
      for (const tune of event.type === 'snapshot' ? event.tunes : [event.tune]) note(tune);
    };
    void follow<TunesEvent>({ path: '/events', onEvent, onConnection: setConnection }, stop.signal);
    return () => stop.abort();
  }, []);
  return connection;
}

/** A tune that is listed changes in its place; for a new one the list is read again, since a filter may hide it. */
function note(tune: TuneSummary): void {
  for (const [key, data] of queryClient.getQueriesData<InfiniteData<TunePage, string>>({ queryKey: ['tunes'] })) {
    if (!data) continue;
    const isThis = (one: TuneSummary): boolean => one.id === tune.id && one.runId === tune.runId;
    const listed = data.pages.flatMap(({ items }) => items).find(isThis);
    if (!listed) void queryClient.invalidateQueries({ queryKey: key });
    else if (JSON.stringify(listed) !== JSON.stringify(tune))
      queryClient.setQueryData(key, {
        ...data,
        pages: data.pages.map((page) => ({ ...page, items: page.items.map((one) => (isThis(one) ? tune : one)) })),
      });
  }
}
