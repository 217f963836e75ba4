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
import { Choice, Filters, Search } from '../../ui/filters.js';
import { LiveMark } from '../../ui/live-mark.js';
import { Page } from '../../ui/page.js';
import { PagedTable } from '../../ui/paged-table.js';

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
      <Filters>
        <Search
          label="Search tunes by task, model or engine"
          placeholder="Task, model or engine"
          value={search}
          onChange={setSearch}
        />
        <Choice label="Status" options={TUNE_STATUS_WORDS} value={status} onChange={setStatus} />
      </Filters>
      <PagedTable
        list={tunes}
        what="list of tunes"
        height={320}
        empty={
          isFiltered ? (
            'No tune is like that.'
          ) : (
            <>
              <p>Nothing has been tuned yet.</p>
              <Link href="/new" class="button">
                Describe a first task
              </Link>
            </>
          )
        }
        caption="Tunes"
        columns={tuneColumns}
        rows={rows}
        rowKey={({ id, runId }) => `${id} ${runId}`}
        href={(tune) => tunePage({ id: tune.id, run: tune.runId })}
      />
    </Page>
  );
}
