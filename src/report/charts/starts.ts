/** An A/A tune: the same configuration, start after start. */
import type { ResultsOutline } from '../../domain/results/outline.js';
import { gridBase, legend, upAxis, valueAxis } from './parts.js';
import { isMeasured, isRelative, objectivesOf } from './points.js';
import { scoreScale } from './scale.js';
import { plain, sentences } from './text.js';
import { COLORS, SYMBOLS } from './theme.js';
import type { Chart } from './types.js';

export function startsChart(results: ResultsOutline): Chart | null {
  if (results.verdict.kind !== 'noise') return null;
  const starts = [
    ...(results.baseline ? [results.baseline] : []),
    ...results.finalists.flatMap(({ rounds }) => rounds),
  ];
  const measured = starts.filter(isMeasured);
  if (measured.length < 2) return null;
  const [objective] = objectivesOf(results);
  const scores = measured.map(({ objective_score }) => objective_score);
  const scale = scoreScale(objective, scores, isRelative(results));
  const mean = scores.reduce((a, b) => a + b, 0) / scores.length;
  return {
    id: 'starts',
    group: 'comparison',
    title: 'The same configuration, start after start',
    words: sentences(
      `${measured.length} measurements of one configuration, each on a fresh start: from ${scale.format(Math.min(...scores))} to ${scale.format(Math.max(...scores))}, ${scale.format(mean)} on average.`,
      plain(results.verdict.words, 600)
    ),
    option: gridBase({
      legend: legend(),
      xAxis: valueAxis('start', { minInterval: 1, min: 0 }),
      yAxis: upAxis(scale.name),
      series: [
        {
          ...{
            type: 'scatter',
            name: 'starts',
            symbol: SYMBOLS.experiment,
            symbolSize: 9,
            itemStyle: { color: COLORS.feasible },
          },
          data: measured.map((result, i) => [i + 1, scale.shown(result.objective_score), result.experiment_id]),
          markLine: {
            ...{ silent: true, symbol: 'none', label: { formatter: 'mean' } },
            lineStyle: { color: COLORS.baseline },
            data: [{ yAxis: scale.shown(mean) }],
          },
        },
      ],
    }),
    size: 'wide',
    height: 320,
  };
}
