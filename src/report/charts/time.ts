/** Where the time of the accelerators went: by phase, for the search, the baseline and the finals. */
import { formatDuration } from '../../domain/duration.js';
import type { OutlineExperiment, ResultsOutline } from '../../domain/results/outline.js';
import { gridBase, legend, valueAxis } from './parts.js';
import { capital, count, digits, percent, sentences } from './text.js';
import { PALETTE } from './theme.js';
import type { Chart } from './types.js';

const PHASES = [
  ['deploying', 'deploy'],
  ['starting', 'start'],
  ['warming_up', 'warm up'],
  ['load', 'measure'],
  ['benchmark_tool', "the tool's own start and reports"],
  ['tearing_down', 'tear down'],
] as const;
type Phase = (typeof PHASES)[number][0];

const UNITS = [
  [3600, 'hours'],
  [60, 'minutes'],
  [1, 'seconds'],
] as const;

export function timeChart(results: ResultsOutline): Chart | null {
  const groups = [
    ['finals', results.finalists.flatMap(({ rounds }) => rounds)],
    ['failed or not feasible', results.all_results.filter(({ status }) => status !== 'success')],
    ['search', results.all_results.filter(({ status }) => status === 'success')],
    ['baseline', results.baseline ? [results.baseline] : []],
  ] as const;
  const filled = groups.filter(([, of]) => of.length > 0);
  const isCosted = filled.some(([, of]) => of.some(({ accelerators }) => accelerators !== undefined));
  const seconds = (of: readonly OutlineExperiment[], phase: Phase): number =>
    of.reduce((sum, result) => sum + secondsIn(result, phase) * (isCosted ? (result.accelerators ?? 0) : 1), 0);
  const all = filled.flatMap(([, of]) => of);
  const total = PHASES.reduce((sum, [phase]) => sum + seconds(all, phase), 0);
  if (!(total > 0)) return null;
  const longest = Math.max(...filled.map(([, of]) => PHASES.reduce((sum, [phase]) => sum + seconds(of, phase), 0)));
  const [size, unit] = UNITS.find(([one]) => longest >= 2 * one) ?? UNITS[2];
  const measuring = seconds(all, 'load');
  return {
    id: 'time',
    group: 'costs',
    title: isCosted ? 'Where the accelerator time went' : 'Where the time of the engines went',
    words: sentences(
      isCosted
        ? `${formatDuration(total)} of accelerator time over ${count(all.length, 'deployment')}; an experiment on two accelerators counts twice.`
        : `${formatDuration(total)} of engine time over ${count(all.length, 'deployment')}; the task does not say how many accelerators one takes (cost.accelerators).`,
      `Under load were ${percent(measuring / total)}; the rest is deploying, starting, warming up, the benchmark tool itself and tearing down.`,
      ...filled.map(([name, of]) => {
        const own = PHASES.reduce((sum, [phase]) => sum + seconds(of, phase), 0);
        return `${capital(name)}: ${formatDuration(own)} (${percent(own / total)}).`;
      }),
      spentWords(results)
    ),
    option: gridBase({
      legend: legend(),
      tooltip: { trigger: 'axis', renderMode: 'richText', confine: true, axisPointer: { type: 'shadow' } },
      xAxis: valueAxis(`${isCosted ? 'accelerator-' : ''}${unit}`, { min: 0, scale: false }),
      yAxis: { type: 'category', data: filled.map(([name]) => name) },
      series: PHASES.map(([phase, name], i) => ({
        ...{ type: 'bar', name, stack: 'phases', barMaxWidth: 26, itemStyle: { color: PALETTE[i] } },
        data: filled.map(([, of]) => digits(seconds(of, phase) / size)),
      })),
    }),
    size: 'wide',
    height: 120 + 40 * filled.length,
  };
}

/** Of `benchmarking` the part in which no load ran is shown apart; waiting for a place takes no accelerator. */
function secondsIn({ timings_s: timings }: OutlineExperiment, phase: Phase): number {
  const of = (name: string): number => Math.max(0, timings[name] ?? 0);
  if (phase === 'load') return Math.max(0, of('benchmarking') - of('benchmark_tool'));
  if (phase === 'benchmark_tool') return Math.min(of('benchmarking'), of('benchmark_tool'));
  return of(phase);
}

function spentWords({ spent, ran }: ResultsOutline): string {
  if (spent.money === undefined) return '';
  const { price_per_accelerator_hour: price } = ran;
  const currency = spent.currency ?? '';
  return `That cost ${spent.money.toPrecision(3)} ${currency}${price === undefined ? '' : ` at ${price} ${currency} per accelerator-hour`}.`;
}
