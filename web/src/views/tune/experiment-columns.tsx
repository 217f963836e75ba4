import { Link } from 'wouter-preact';
import { PhaseBar } from './phase-bar.js';
import { tunePage, type TuneRef } from '../../api/paths.js';
import { formatDuration, formatPercent } from '../../lib/format.js';
import { gainOver } from '../../lib/gain.js';
import { objectiveName, shortScore } from '../../lib/score.js';
import { Chips } from '../../ui/blocks.js';
import type { Column } from '../../ui/data-table.js';
import { ExperimentBadge } from '../../ui/status.js';
import type { ExperimentRow, TuneView } from '../../../../src/contracts/http/index.js';

type Scoring = TuneView['scoring'];

/** Their ids are what the server sorts by. */
export function experimentColumns(
  tune: TuneRef,
  scoring: Scoring,
  baseline: ExperimentRow | null,
  parameters: readonly string[]
): readonly Column<ExperimentRow>[] {
  return [
    {
      id: 'number',
      header: 'No.',
      accessorFn: ({ experimentId }) => experimentId,
      cell: ({ row: { original: row } }) => (
        <Link href={tunePage(tune, `/experiments/${row.experimentId}`)} aria-label={`Experiment ${row.experimentId}`}>
          {row.experimentId}
        </Link>
      ),
      meta: { className: 'number fit' },
    },
    { id: 'role', header: 'Role', enableSorting: false, cell: ({ row: { original: row } }) => <Role row={row} /> },
    ...combination(parameters),
    {
      id: 'status',
      header: 'Status',
      accessorFn: ({ status }) => status,
      cell: ({ row: { original: row } }) => (
        <span title={row.failure?.message ?? row.endedEarly ?? undefined}>
          <ExperimentBadge status={row.status} phase={row.phase} />
          {row.failure && <span class="small muted"> {row.failure.code}</span>}
        </span>
      ),
      meta: { className: 'nowrap' },
    },
    {
      id: 'score',
      header: objectiveName(scoring),
      accessorFn: ({ score }) => score ?? undefined,
      cell: ({ row: { original: row } }) => (
        <span class={row.isBest ? 'strong good' : ''} title={row.scoreWords}>
          {row.endedEarly ? '≈ ' : ''}
          {shortScore(row, scoring)}
        </span>
      ),
      meta: { className: 'number nowrap' },
    },
    {
      id: 'gain',
      header: 'vs. baseline',
      enableSorting: false,
      cell: ({ row: { original: row } }) => <Gain percent={gainOver(row, baseline, scoring)} />,
      meta: { className: 'number nowrap' },
    },
    {
      id: 'duration',
      header: 'Duration',
      accessorFn: ({ timings }) => timings?.total,
      cell: ({ row: { original: row } }) => (row.timings ? formatDuration(row.timings.total) : '–'),
      meta: { className: 'number nowrap' },
    },
    {
      id: 'phases',
      header: 'Phases',
      enableSorting: false,
      cell: ({ row: { original: row } }) => row.timings && <PhaseBar timings={row.timings} />,
      meta: { className: 'phases' },
    },
  ];
}

/** More than so many would be a table of parameters. */
const MOST_COLUMNS = 5;

/** A column for each parameter where they are few, else one for all. */
function combination(parameters: readonly string[]): readonly Column<ExperimentRow>[] {
  if (parameters.length === 0 || parameters.length > MOST_COLUMNS)
    return [
      {
        id: 'combination',
        header: 'Combination',
        enableSorting: false,
        cell: ({ row: { original: row } }) => <Chips combination={row.combination} />,
      },
    ];
  return parameters.map((name) => ({
    id: `parameter ${name}`,
    header: name,
    enableSorting: false,
    cell: ({ row: { original: row } }) => {
      const value = row.combination[name];
      return value === undefined ? <span class="muted">default</span> : String(value);
    },
    meta: { className: 'mono nowrap' },
  }));
}

function Role({ row: { role, round, of, isFront } }: { row: ExperimentRow }) {
  if (role === 'baseline') return <span class="strong">baseline</span>;
  if (role === 'search') return isFront ? <span class="strong">front</span> : <span class="muted">search</span>;
  return (
    <span class="nowrap">
      final {round} of {of === 0 ? 'baseline' : `[${of}]`}
    </span>
  );
}

function Gain({ percent }: { percent: number | null }) {
  if (percent === null) return <>–</>;
  if (percent === 0) return <span class="muted">0 %</span>;
  return <span class={percent > 0 ? 'good' : 'poor'}>{formatPercent(percent)}</span>;
}
