/** The numbers at the head of a tune. Each has its place from the start. */
import type { JSX } from 'preact';
import { describeAmount, describeAmounts } from '../../../../src/domain/budget/words.js';
import { useNow } from '../../lib/clock.js';
import { formatDuration, formatPercent, formatTime } from '../../lib/format.js';
import { gainOver } from '../../lib/gain.js';
import { objectiveName, shortScore } from '../../lib/score.js';
import { Figures, type FigureProps } from '../../ui/blocks.js';
import type { TuneView } from '../../../../src/contracts/http/index.js';

export function TuneFigures({ view }: { view: TuneView }): JSX.Element {
  return <Figures items={[progress(view), best(view), againstBaseline(view), time(view), ...spending(view)]} />;
}

function progress({ counts, countWords, phase }: TuneView): FigureProps {
  const done = counts.succeeded + counts.infeasible + counts.failed + counts.cancelled;
  const { most } = counts;
  return {
    name: counts.finals > 0 ? 'Finals' : 'Search',
    value: most === null ? 'preparing' : counts.finals > 0 ? `${counts.finals} measured` : `${done} of ${most}`,
    note: phase === 'done' ? countWords : [countWords, tally(counts)].filter(Boolean).join('; '),
    part: most ? done / most : 0,
  };
}

function tally({ infeasible, failed }: TuneView['counts']): string {
  return [infeasible && `${infeasible} infeasible`, failed && `${failed} failed`].filter(Boolean).join(', ');
}

function best({ best: row, nearest, scoring }: TuneView): FigureProps {
  const name = `Best ${objectiveName(scoring)}`;
  if (row) return { name, value: shortScore(row, scoring), note: row.title };
  if (nearest) return { name, value: 'none feasible', note: `nearest: ${nearest.title}` };
  return { name, value: '–', note: 'nothing measured yet' };
}

function againstBaseline({ best: row, baseline, scoring, verdict }: TuneView): FigureProps {
  const name = 'Against the baseline';
  if (verdict?.gain) {
    const { percent, low, high } = verdict.gain;
    const words = verdict.kind === 'gain' ? 'verified' : 'no significant gain';
    return { name, value: formatPercent(percent), note: `${words}, ${low.toFixed(1)} to ${high.toFixed(1)} %` };
  }
  const gain = row && gainOver(row, baseline, scoring);
  if (gain !== null) return { name, value: formatPercent(gain), note: 'single measurements, not verified yet' };
  return { name, value: '–', note: baseline ? shortScore(baseline, scoring) : 'not measured yet' };
}

function time(view: TuneView): FigureProps {
  return { name: view.info.closedAt ? 'Took' : 'Running for', value: <Elapsed view={view} />, note: eta(view) };
}

function Elapsed({ view: { info } }: { view: TuneView }): JSX.Element {
  const now = useNow(info.closedAt === null);
  const endMs = info.closedAt ? Date.parse(info.closedAt) : now;
  return <>{formatDuration((endMs - Date.parse(info.startedAt)) / 1000)}</>;
}

function eta({ eta: at, info, phase }: TuneView): string {
  if (info.closedAt) return `ended ${formatTime(info.closedAt)}`;
  if (phase === 'paused') return 'paused';
  return at
    ? `done about ${formatTime(at.mid)} (${formatTime(at.low)} to ${formatTime(at.high)})`
    : 'end not known yet';
}

/** Only where something other than time and number is counted or limited. */
function spending({ spending: of }: TuneView): FigureProps[] {
  if (!of) return [];
  const { spent, limits, currency, forecast } = of;
  const resource = (['money', 'accelerator_hours', 'wall_time', 'experiments'] as const).find(
    (one) => limits[one] !== undefined || ((one === 'money' || one === 'accelerator_hours') && spent[one] !== undefined)
  );
  if (!resource) return [];
  const used = spent[resource] ?? 0;
  const limit = limits[resource];
  const likely = forecast?.total[resource];
  const about = likely ? `in all about ${describeAmount(resource, likely.mid, currency)}` : '';
  const budget = describeAmounts(limits, currency);
  return [
    {
      name: 'Spent',
      value: describeAmount(resource, used, currency),
      note: [about, budget && `budget ${budget}`].filter(Boolean).join('; '),
      ...(limit ? { part: used / limit } : {}),
    },
  ];
}
