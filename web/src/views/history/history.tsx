/** Finished tunes, beyond what Temporal keeps: found again, and chosen to be compared. */
import { useMemo, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/preact-query';
import { Link, useLocation } from 'wouter-preact';
import { historyColumns } from './columns.js';
import { Noise } from './noise.js';
import { query } from '../../api/http.js';
import { historyQuery } from '../../api/queries.js';
import { useDebounced } from '../../lib/debounced.js';
import { Button } from '../../ui/button.js';
import { Choice, Filters, Search } from '../../ui/filters.js';
import { Page } from '../../ui/page.js';
import { PagedTable } from '../../ui/paged-table.js';
import type { HistoryEntryView } from '../../../../src/contracts/http/index.js';

const MOST_COMPARED = 10;
const ENGINES = [
  ['', 'any engine'],
  ['sglang', 'sglang'],
  ['vllm', 'vllm'],
  ['llama.cpp', 'llama.cpp'],
] as const;
type EngineFilter = (typeof ENGINES)[number][0];

export function History(): JSX.Element {
  const [search, setSearch] = useState('');
  const [engine, setEngine] = useState<EngineFilter>('');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [, navigate] = useLocation();
  const asked = useDebounced(search, 200);
  const filter = { ...(asked ? { search: asked } : {}), ...(engine ? { engine } : {}) };
  const list = useInfiniteQuery({ ...historyQuery(filter), placeholderData: keepPreviousData });
  const rows = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const columns = useMemo(() => {
    const toggle = ({ runId }: HistoryEntryView): void =>
      setChosen((before) => (before.includes(runId) ? before.filter((one) => one !== runId) : [...before, runId]));
    return historyColumns(chosen, toggle);
  }, [chosen]);
  const canCompare = chosen.length >= 2 && chosen.length <= MOST_COMPARED;
  return (
    <Page
      title="History"
      under={<span class="small muted">Every tune that has ended, kept for good.</span>}
      actions={
        <Button
          kind="primary"
          disabled={!canCompare}
          title={canCompare ? undefined : 'Choose two to ten of them.'}
          onPress={() => navigate(`/history/compare${query({ runs: chosen.join(',') })}`)}
        >
          Compare {chosen.length > 0 ? chosen.length : ''}
        </Button>
      }
    >
      <Filters>
        <Search
          label="Search finished tunes by task, model, engine, hardware or host"
          placeholder="Task, model, engine, hardware or host"
          value={search}
          onChange={setSearch}
        />
        <Choice label="Engine" options={ENGINES} value={engine} onChange={setEngine} />
      </Filters>
      <PagedTable
        list={list}
        what="history"
        height={320}
        empty={
          asked || engine ? (
            'No finished tune is like that.'
          ) : (
            <>
              <p>No tune has ended yet.</p>
              <Link href="/">See those that run</Link>
            </>
          )
        }
        caption="Finished tunes"
        columns={columns}
        rows={rows}
        rowKey={({ runId }) => runId}
        href={({ runId }) => `/history/${encodeURIComponent(runId)}`}
        marked={({ runId }) => chosen.includes(runId)}
      />
      <Noise />
    </Page>
  );
}
