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
import { Choice, Filters, Search } from '../../ui/filters.js';
import { PagedTable } from '../../ui/paged-table.js';
import type { ExperimentListQuery, ExperimentStatus, TuneView } from '../../../../src/contracts/http/index.js';

const STATUSES = [
  ['', 'any status'],
  ['succeeded', 'succeeded'],
  ['infeasible', 'infeasible'],
  ['failed', 'failed'],
  ['cancelled', 'cancelled'],
  ['running', 'running'],
  ['lost', 'lost'],
] as const satisfies readonly (readonly [ExperimentStatus | '', string])[];
type StatusFilter = (typeof STATUSES)[number][0];
const ROLES = [
  ['', 'any role'],
  ['search', 'search'],
  ['baseline', 'baseline'],
  ['final', 'finals'],
] as const;
type RoleFilter = (typeof ROLES)[number][0];

export function Experiments({ tune, view }: { tune: TuneRef; view: TuneView }): JSX.Element {
  const [sorting, setSorting] = useState<SortingState>([{ id: 'number', desc: false }]);
  const [search, setSearch] = useState('');
  const [status, setStatus] = useState<StatusFilter>('');
  const [role, setRole] = useState<RoleFilter>('');
  const asked = useDebounced(search, 200);
  const [sort] = sorting;
  const filter: Omit<ExperimentListQuery, 'limit'> = {
    sort: (sort?.id ?? 'number') as NonNullable<ExperimentListQuery['sort']>,
    order: sort?.desc ? 'desc' : 'asc',
    ...(asked ? { search: asked } : {}),
    ...(status ? { status } : {}),
    ...(role ? { role } : {}),
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
      <Filters>
        <Search
          label="Search experiments by parameter or value"
          placeholder="Parameter or value, such as threads=2"
          value={search}
          onChange={setSearch}
        />
        <Choice label="Status" options={STATUSES} value={status} onChange={setStatus} />
        <Choice label="Role" options={ROLES} value={role} onChange={setRole} />
        <Button icon="save" onPress={() => saveFromApi(tuneRunPath(tune, '/results.csv'), `${tune.id}_results.csv`)}>
          CSV
        </Button>
      </Filters>
      <PagedTable
        list={list}
        what="list of experiments"
        height={420}
        empty="No experiment is like that."
        caption="Experiments"
        columns={columns}
        rows={rows}
        rowKey={({ experimentId }) => String(experimentId)}
        href={({ experimentId }) => tunePage(tune, `/experiments/${experimentId}`)}
        marked={({ isBest }) => isBest}
        sorting={sorting}
        onSort={setSorting}
      />
    </div>
  );
}
