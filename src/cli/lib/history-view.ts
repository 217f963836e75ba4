/** Finished tunes, for a terminal. */
import { formatDuration } from '../../domain/duration.js';
import type { ComparedSetting, HistoryEntry, HostNoise, TrendPoint } from '../../history/types.js';
import { describeCombination } from '../../domain/space/combination.js';
import { oneLine, table } from './format.js';

export function describeEntries(entries: readonly HistoryEntry[]): string {
  const rows = entries.map((entry) => [
    oneLine(entry.runId),
    oneLine(entry.taskName),
    timeOf(entry.finishedAt),
    formatDuration(entry.elapsedSeconds),
    oneLine(entry.model),
    oneLine(entry.engine ?? '-'),
    bestOf(entry),
    gainOf(entry),
  ]);
  return table([['run', 'task', 'finished (UTC)', 'took', 'model', 'engine', 'best', 'gain'], ...rows]);
}

export function describeTrend(points: readonly TrendPoint[]): string {
  const rows = points.map((point) => [
    timeOf(point.entry.finishedAt),
    bestOf(point.entry),
    changeOf(point),
    gainOf(point.entry),
    [
      ...point.changes.map(({ name, from, to }) => `${oneLine(name)} ${shown(from)} -> ${shown(to)}`),
      ...point.surroundings.map(({ name, values }) => `${name} ${values.map(shown).join(' -> ')}`),
    ].join(', ') || (point.entry.bestParameters ? oneLine(describeCombination(point.entry.bestParameters)) : '-'),
  ]);
  return table([['finished (UTC)', 'best', 'change', 'gain', 'what changed'], ...rows]);
}

/** `+3.2 %`, with what can be said of it: `within the noise`. */
function changeOf({ changePercent, beyondNoise, isComparable }: TrendPoint): string {
  if (changePercent === null) return isComparable ? '-' : 'another objective or load, or the first';
  return `${signed(changePercent)} ${beyondNoise === null ? '(noise unknown)' : beyondNoise ? '' : '(within the noise)'}`.trim();
}

export function describeNoise(hosts: readonly HostNoise[]): string {
  if (hosts.length === 0) return "nothing has measured the noise yet: finals do, and tasks with 'aa'";
  return hosts.map(describeHost).join('\n\n');
}

function describeHost({ words, hardware, bySetting }: HostNoise): string {
  const rows = bySetting.map((one) => [
    oneLine(one.model),
    oneLine(one.engine ?? '-'),
    oneLine(one.objectiveWords),
    `${one.percent.toFixed(1)} %`,
    `${one.low.toFixed(1)} to ${one.high.toFixed(1)} %`,
    String(one.tunes),
  ]);
  return [
    oneLine(words),
    ...(hardware ? [oneLine(hardware)] : []),
    table([['model', 'engine', 'objective', 'noise', 'interval', 'tunes'], ...rows]),
  ].join('\n');
}

function bestOf({ scoreWords, isFromFinals }: HistoryEntry): string {
  return scoreWords === null ? '-' : `${oneLine(scoreWords)}${isFromFinals ? '' : ' (search)'}`;
}

function gainOf({ gain, verdict }: HistoryEntry): string {
  if (!gain) return verdict.replaceAll('_', ' ');
  return `${signed(gain.percent)} (${gain.low.toFixed(1)} to ${gain.high.toFixed(1)})`;
}

export function shown(value: ComparedSetting['values'][number]): string {
  return value === null ? '-' : oneLine(String(value));
}

export function signed(percent: number): string {
  return `${percent > 0 ? '+' : ''}${percent.toFixed(1)} %`;
}

export function timeOf(iso: string): string {
  return iso.slice(0, 16).replace('T', ' ');
}
