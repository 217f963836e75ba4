/** Every tune that Temporal knows, live. */
import { useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/preact-query';
import { Link } from 'wouter-preact';
import { TUNE_STATUS_WORDS, type StatusFilter } from './status-filter.js';
import { tuneColumns } from './columns.js';
import { useLiveTunes } from '../../api/live-tunes.js';
import { tunePage } from '../../api/paths.js';
import { tunesQuery } from '../../api/queries.js';
import { useDebounced } from '../../lib/debounced.js';
import { Button } from '../../ui/button.js';
import { DataTable } from '../../ui/data-table.js';
import { Empty, Loading, Problem } from '../../ui/feedback.js';
import { LiveMark } from '../../ui/live-mark.js';
import { Page } from '../../ui/page.js';

export function Tunes(): JSX.Element {
  const [search, setSearch] = useState('');
  const [status, setStatus] = useState<StatusFilter>('');
  const asked = useDebounced(search, 200);
  const connection = useLiveTunes();
  const filter = { ...(asked ? { search: asked } : {}), ...(status ? { status } : {}) };
  const tunes = useInfiniteQuery({ ...tunesQuery(filter), placeholderData: keepPreviousData });
  const rows = tunes.data?.pages.flatMap(({ items }) => items) ?? [];
  const isFiltered = asked !== '' || status !== '';
  return (
    <Page
      title="Tunes"
      beside={<LiveMark connection={connection} />}
      actions={
        <Link href="/new" class="button primary">
          New task
        </Link>
      }
    >
      <div class="filters" role="search">
        <input
          class="input"
          type="search"
          placeholder="Task, model or engine"
          aria-label="Search tunes by task, model or engine"
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
        <select
          class="select"
          aria-label="Status"
          value={status}
          onChange={(event) => setStatus(event.currentTarget.value as StatusFilter)}
        >
          {TUNE_STATUS_WORDS.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      </div>
      {tunes.error && <Problem error={tunes.error} what="list of tunes" />}
      {tunes.isPending && !tunes.error && <Loading height={320} />}
      {tunes.data && rows.length === 0 && (
        <Empty>
          {isFiltered ? (
            'No tune is like that.'
          ) : (
            <>
              <p>Nothing has been tuned yet.</p>
              <Link href="/new" class="button">
                Describe a first task
              </Link>
            </>
          )}
        </Empty>
      )}
      {rows.length > 0 && (
        <DataTable
          caption="Tunes"
          columns={tuneColumns}
          rows={rows}
          rowKey={({ id, runId }) => `${id} ${runId}`}
          href={(tune) => tunePage({ id: tune.id, run: tune.runId })}
        />
      )}
      {tunes.hasNextPage && (
        <div>
          <Button onPress={() => tunes.fetchNextPage()}>Show more</Button>
        </div>
      )}
    </Page>
  );
}
