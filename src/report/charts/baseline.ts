/** The best against the baseline, load by load: with intervals where the finals have told them. */
import { describeLoad } from '../../domain/loads/load.js';
import { describeQuantity, type Quantity } from '../../domain/loads/metric.js';
import type { ResultsOutline } from '../../domain/results/outline.js';
import { gridBase, legend, spans, valueAxis, type Span } from './parts.js';
import { noiseOf, noiseWords } from './points.js';
import { capital, digits, listed, plain, sentences } from './text.js';
import { COLORS, SYMBOLS } from './theme.js';
import type { Chart } from './types.js';

const MOST_BARS = 24;

interface Row {
  readonly name: string;
  /** Per cent of the baseline's value. */
  readonly gain: number;
  readonly interval: readonly [number, number] | null;
}

export function baselineChart(results: ResultsOutline): Chart | null {
  const verified = verifiedRows(results);
  const rows = (verified.length > 0 ? verified : singleRows(results)).slice(0, MOST_BARS);
  if (rows.length === 0) return null;
  const drawn = [...rows].reverse();
  const intervals = drawn.flatMap(({ name, interval }): Span[] =>
    interval
      ? [
          [
            [digits(interval[0]), name],
            [digits(interval[1]), name],
          ],
        ]
      : []
  );
  const compared = results.verdict.compared ?? results.best_result?.experiment_id;
  const told = ({ interval }: Row): 'better' | 'worse' | 'open' => {
    if (!interval) return 'open';
    if (interval[0] > 0) return 'better';
    return interval[1] < 0 ? 'worse' : 'open';
  };
  const marks = (name: string, kind: ReturnType<typeof told>, color: string): object => ({
    ...{ type: 'scatter', name, symbol: SYMBOLS.experiment, symbolSize: 11, itemStyle: { color }, z: 3 },
    data: drawn.filter((row) => told(row) === kind).map((row) => [digits(row.gain), row.name]),
  });
  const series = [
    marks('better than the baseline', 'better', COLORS.front),
    marks('worse than the baseline', 'worse', COLORS.failed),
    marks(verified.length > 0 ? 'not decided' : 'single measurement', 'open', COLORS.infeasible),
  ].filter((one) => (one as { data: unknown[] }).data.length > 0);
  const [first, ...others] = series;
  const zero = {
    silent: true,
    symbol: 'none',
    lineStyle: { color: COLORS.baseline, width: 1.5 },
    label: { show: false },
    data: [{ xAxis: 0 }],
  };
  return {
    id: 'baseline',
    group: 'comparison',
    title: `Experiment ${compared ?? '?'} against the baseline`,
    words: wordsOf(results, rows, verified.length > 0, compared),
    option: gridBase({
      legend: legend(),
      xAxis: valueAxis('better than the baseline by (%)', { scale: false }),
      yAxis: { type: 'category', data: drawn.map(({ name }) => name) },
      series: [
        { ...first, markLine: zero },
        ...others,
        ...(intervals.length > 0 ? [spans('interval', COLORS.infeasible, intervals, [2, 9])] : []),
      ],
    }),
    size: 'wide',
    height: 120 + 36 * rows.length,
  };
}

function verifiedRows({ verdict }: ResultsOutline): Row[] {
  const row = (name: string, gain: typeof verdict.gain): Row[] =>
    gain ? [{ name, gain: gain.percent, interval: [gain.low, gain.high] }] : [];
  if (verdict.compared === null) return [];
  const loads = verdict.loads.flatMap((load) => row(plain(describeLoad(load), 40), load.gain));
  return [...(loads.length === 1 ? [] : row('all loads', verdict.gain)), ...loads];
}

function singleRows({ comparison = [] }: ResultsOutline): Row[] {
  const isOne = new Set(comparison.map(({ metric, statistic }) => `${metric} ${statistic}`)).size === 1;
  return comparison.map(({ gain, ...of }) => ({
    name: plain([describeLoad(of), ...(isOne ? [] : [describeQuantity(of as unknown as Quantity)])].join(', '), 56),
    gain: gain * 100,
    interval: null,
  }));
}

function wordsOf(
  results: ResultsOutline,
  rows: readonly Row[],
  isVerified: boolean,
  compared: number | undefined
): string {
  const { verdict } = results;
  const show = (value: number): string => `${value.toFixed(1)} %`;
  if (!isVerified) {
    return sentences(
      `Right of the line experiment ${compared} is better than the baseline, left of it worse: ${listed(rows.map(({ name, gain }) => `${name} ${show(gain)}`))}.`,
      'These are single measurements, and the best of a search is also the luckiest: nothing here is verified.',
      noiseWords(noiseOf(results))
    );
  }
  const level = `${Number((verdict.confidence * 100).toFixed(2))} %`;
  const worse = rows.filter(({ interval }) => interval && interval[1] < 0);
  const open = rows.filter(({ interval }) => interval && interval[0] <= 0 && interval[1] >= 0);
  return sentences(
    `From ${verdict.measurements} repeated measurements on fresh starts; the bars are ${level} intervals. Right of the line is better than the baseline.`,
    `${capital(rows.map(({ name, gain, interval }) => `${name}: ${show(gain)} (${show(interval?.[0] ?? NaN)} to ${show(interval?.[1] ?? NaN)})`).join('; '))}.`,
    worse.length > 0 && `It is worse at ${listed(worse.map(({ name }) => name))}.`,
    open.length > 0 &&
      `Where a bar crosses the line, better and worse are both possible: ${listed(open.map(({ name }) => name))}.`,
    rows.length > 1 && 'The interval of a single load makes no allowance for the number of loads.'
  );
}
