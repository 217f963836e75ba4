import { Link } from 'wouter-preact';
import { formatExactTime, formatPercent, formatTime } from '../../lib/format.js';
import type { Column } from '../../ui/data-table.js';
import { VerdictBadge } from '../../ui/status.js';
import type { HistoryEntryView } from '../../../../src/contracts/http/index.js';

export function historyColumns(
  chosen: readonly string[],
  toggle: (entry: HistoryEntryView) => void
): readonly Column<HistoryEntryView>[] {
  return [
    {
      id: 'choose',
      header: () => <span class="visually-hidden">Compare</span>,
      enableSorting: false,
      cell: ({ row: { original: entry } }) => (
        <input
          type="checkbox"
          aria-label={`Compare ${entry.taskName} of ${formatExactTime(entry.finishedAt)}`}
          checked={chosen.includes(entry.runId)}
          onChange={() => toggle(entry)}
        />
      ),
      meta: { className: 'fit' },
    },
    {
      id: 'task',
      header: 'Task',
      accessorFn: ({ taskName }) => taskName,
      cell: ({ row: { original: entry } }) => (
        <Link class="strong" href={`/history/${encodeURIComponent(entry.runId)}`}>
          {entry.taskName}
        </Link>
      ),
      meta: { className: 'nowrap' },
    },
    {
      id: 'verdict',
      header: 'Verdict',
      accessorFn: ({ gain }) => gain?.percent,
      cell: ({ row: { original: entry } }) => (
        <span class="row nowrap">
          <VerdictBadge kind={entry.verdict} />
          {entry.gain && (
            <span title={`${entry.gain.low.toFixed(1)} to ${entry.gain.high.toFixed(1)} %`}>
              {formatPercent(entry.gain.percent)}
            </span>
          )}
        </span>
      ),
      sortUndefined: 'last',
    },
    { id: 'best', header: 'Best', accessorFn: ({ scoreWords }) => scoreWords ?? '–', meta: { className: 'nowrap' } },
    {
      id: 'finished',
      header: 'Finished',
      accessorFn: ({ finishedAt }) => finishedAt,
      cell: ({ row: { original: entry } }) => (
        <time dateTime={entry.finishedAt} title={formatExactTime(entry.finishedAt)}>
          {formatTime(entry.finishedAt)}
        </time>
      ),
      meta: { className: 'nowrap' },
    },
    { id: 'model', header: 'Model', accessorFn: ({ model }) => model, meta: { className: 'clip' } },
    {
      id: 'engine',
      header: 'Engine',
      accessorFn: ({ engine, engineVersion }) => [engine, engineVersion].filter(Boolean).join(' '),
      meta: { className: 'clip' },
    },
    { id: 'hardware', header: 'Hardware', accessorFn: ({ hardware }) => hardware ?? '–', meta: { className: 'clip' } },
    {
      id: 'trend',
      header: 'Trend',
      enableSorting: false,
      cell: ({ row: { original: entry } }) => (
        <Link href={`/history/trends/${encodeURIComponent(entry.taskName)}`} aria-label={`${entry.taskName} over time`}>
          over time
        </Link>
      ),
      meta: { className: 'nowrap' },
    },
  ];
}
