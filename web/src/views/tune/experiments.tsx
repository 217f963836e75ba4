/** Every experiment of a tune: sorted and filtered by the server, so that ten thousand are no more than ten. */
import { useMemo, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/preact-query';
import type { SortingState } from '@tanstack/preact-table';
import { experimentColumns } from './experiment-columns.js';
import { tunePage, tuneRunPath, type TuneRef } from '../../api/paths.js';
import { experimentsQuery } from '../../api/queries.js';
import { useDebounced } from '../../lib/debounced.js';
import { saveFromApi } from '../../lib/download.js';
import { Button } from '../../ui/button.js';
import { DataTable } from '../../ui/data-table.js';
import { Empty, Loading, Problem } from '../../ui/feedback.js';
import type { ExperimentListQuery, ExperimentStatus, TuneView } from '../../../../src/contracts/http/index.js';

const STATUSES: readonly (ExperimentStatus | '')[] = [
  '',
  'succeeded',
  'infeasible',
  'failed',
  'cancelled',
  'running',
  'lost',
];
const ROLES = [
  ['', 'any role'],
  ['search', 'search'],
  ['baseline', 'baseline'],
  ['final', 'finals'],
] as const;

export function Experiments({ tune, view }: { tune: TuneRef; view: TuneView }): JSX.Element {
  const [sorting, setSorting] = useState<SortingState>([{ id: 'number', desc: false }]);
  const [search, setSearch] = useState('');
  const [status, setStatus] = useState('');
  const [role, setRole] = useState('');
  const asked = useDebounced(search, 200);
  const [sort] = sorting;
  const filter: Omit<ExperimentListQuery, 'limit'> = {
    sort: (sort?.id ?? 'number') as NonNullable<ExperimentListQuery['sort']>,
    order: sort?.desc ? 'desc' : 'asc',
    ...(asked ? { search: asked } : {}),
    ...(status ? { status } : {}),
    ...(role ? { role: role as NonNullable<ExperimentListQuery['role']> } : {}),
  };
  const list = useInfiniteQuery({ ...experimentsQuery(tune, filter), placeholderData: keepPreviousData });
  const rows = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const parameters = [...new Set(rows.flatMap(({ combination }) => Object.keys(combination)))];
  const columns = useMemo(
    () => experimentColumns(tune, view.scoring, view.baseline, parameters),
    [tune.id, tune.run, JSON.stringify(view.scoring), view.baseline?.score, parameters.join()]
  );
  return (
    <div class="stack">
      <div class="filters" role="search">
        <input
          class="input"
          type="search"
          placeholder="Parameter or value, such as threads=2"
          aria-label="Search experiments by parameter or value"
          value={search}
          onInput={(event) => setSearch(event.currentTarget.value)}
        />
        <select
          class="select"
          aria-label="Status"
          value={status}
          onChange={(event) => setStatus(event.currentTarget.value)}
        >
          {STATUSES.map((one) => (
            <option key={one} value={one}>
              {one || 'any status'}
            </option>
          ))}
        </select>
        <select class="select" aria-label="Role" value={role} onChange={(event) => setRole(event.currentTarget.value)}>
          {ROLES.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
        <Button icon="save" onPress={() => saveFromApi(tuneRunPath(tune, '/results.csv'), `${tune.id}_results.csv`)}>
          CSV
        </Button>
      </div>
      {list.error && <Problem error={list.error} what="list of experiments" />}
      {list.isPending && !list.error && <Loading height={420} />}
      {list.data && rows.length === 0 && <Empty>No experiment is like that.</Empty>}
      {rows.length > 0 && (
        <DataTable
          caption="Experiments"
          columns={columns}
          rows={rows}
          rowKey={({ experimentId }) => String(experimentId)}
          href={({ experimentId }) => tunePage(tune, `/experiments/${experimentId}`)}
          marked={({ isBest }) => isBest}
          sorting={sorting}
          onSort={setSorting}
        />
      )}
      {list.hasNextPage && (
        <div>
          <Button onPress={() => list.fetchNextPage()}>Show more</Button>
        </div>
      )}
    </div>
  );
}
