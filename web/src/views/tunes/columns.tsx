import type { JSX } from 'preact';
import { Link } from 'wouter-preact';
import type { TuneSummary } from '../../../../src/contracts/http/index.js';
import { tunePage } from '../../api/paths.js';
import { useNow } from '../../lib/clock.js';
import { formatDuration, formatExactTime, formatNumber, formatTime } from '../../lib/format.js';
import type { Column } from '../../ui/data-table.js';
import { TuneStatus } from '../../ui/status.js';

export const tuneColumns: readonly Column<TuneSummary>[] = [
  {
    id: 'task',
    header: 'Task',
    accessorFn: ({ id }) => id,
    cell: ({ row: { original: tune } }) => (
      <Link href={tunePage({ id: tune.id, run: tune.runId })} class="strong">
        {tune.id}
      </Link>
    ),
    meta: { className: 'nowrap' },
  },
  {
    id: 'status',
    header: 'Status',
    accessorFn: ({ status }) => status,
    cell: ({ row: { original: tune } }) => <TuneStatus status={tune.status} />,
    meta: { className: 'nowrap' },
  },
  { id: 'model', header: 'Model', accessorFn: ({ model }) => model ?? '', meta: { className: 'clip' } },
  { id: 'engine', header: 'Engine', accessorFn: ({ engine }) => engine ?? '' },
  { id: 'backend', header: 'Backend', accessorFn: ({ backend }) => backend ?? '' },
  {
    id: 'best',
    header: 'Best score',
    accessorFn: ({ bestScore }) => bestScore ?? undefined,
    cell: ({ row: { original: tune } }) =>
      tune.bestScore === null ? (
        '–'
      ) : (
        <span title="By the objective of the tune: lower is better, throughput is negative.">
          {formatNumber(tune.bestScore)}
        </span>
      ),
    sortUndefined: 'last',
    meta: { className: 'number' },
  },
  {
    id: 'started',
    header: 'Started',
    accessorFn: ({ startedAt }) => startedAt,
    cell: ({ row: { original: tune } }) => (
      <time dateTime={tune.startedAt} title={formatExactTime(tune.startedAt)}>
        {formatTime(tune.startedAt)}
      </time>
    ),
    meta: { className: 'nowrap' },
  },
  {
    id: 'took',
    header: 'Took',
    accessorFn: (tune) => (tune.closedAt ? Date.parse(tune.closedAt) : Date.now()) - Date.parse(tune.startedAt),
    cell: ({ row: { original: tune } }) => <Took tune={tune} />,
    meta: { className: 'number nowrap' },
  },
];

function Took({ tune }: { tune: TuneSummary }): JSX.Element {
  const now = useNow(tune.closedAt === null);
  const endMs = tune.closedAt ? Date.parse(tune.closedAt) : now;
  return <>{formatDuration((endMs - Date.parse(tune.startedAt)) / 1000)}</>;
}
