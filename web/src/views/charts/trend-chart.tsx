/** The best and the baseline of a task from run to run. */
import { useMemo } from 'preact/hooks';
import type { JSX } from 'preact';
import { useLocation } from 'wouter-preact';
import { EChart } from './echart.js';
import { COLORS, scoreScale, type ChartOption } from '../../../../src/report/charts/index.js';
import type { Objective } from '../../../../src/domain/scoring/objective.js';
import { formatTime } from '../../lib/format.js';
import { Panel } from '../../ui/blocks.js';
import type { TrendView } from '../../../../src/contracts/http/index.js';

export function TrendChart({ trend }: { trend: TrendView }): JSX.Element {
  const [, navigate] = useLocation();
  const option = useMemo(() => trendOption(trend), [trend]);
  const incomparable = trend.points.slice(1).filter(({ isComparable }) => !isComparable).length;
  const open = (i: number): void => {
    const point = trend.points[i];
    if (point) navigate(`/history/${encodeURIComponent(point.entry.runId)}`);
  };
  return (
    <Panel title="The best of each run, and the baseline" flush>
      <EChart option={option} height={280} label="The best score of each run and the baseline’s" onExperiment={open} />
      <p class="chart-words">
        {trend.points.length} runs by {trend.points.at(-1)?.entry.objectiveWords}, of which{' '}
        {scaleOfTrend(trend).lowerIsBetter ? 'lower' : 'higher'} is better. Where the best moves with the baseline, the
        machine or the engine has changed rather than the configuration.
        {incomparable > 0 && ` ${incomparable} of them cannot be compared with the run before.`}
      </p>
    </Panel>
  );
}

/** The last number of a point is that of its run, as with experiments. */
function trendOption(trend: TrendView): ChartOption {
  const { points } = trend;
  const scale = scaleOfTrend(trend);
  const line = (of: (point: TrendView['points'][number]) => number | null): unknown[] =>
    points.flatMap((point, i) => {
      const value = of(point);
      return value === null ? [] : [{ value: [i, scale.shown(value), i] }];
    });
  return {
    grid: { left: 16, right: 16, top: 62, bottom: 8, containLabel: true },
    legend: { top: 6, left: 10 },
    tooltip: { trigger: 'item' },
    xAxis: { type: 'category', data: points.map(({ entry }) => formatTime(entry.finishedAt)) },
    yAxis: { type: 'value', scale: true, name: scale.name, nameTextStyle: { align: 'left' } },
    series: [
      {
        name: 'best',
        type: 'line',
        data: line(({ entry }) => entry.score),
        itemStyle: { color: COLORS.best },
        symbolSize: 9,
      },
      {
        name: 'baseline',
        type: 'line',
        data: line(({ entry }) => entry.baselineScore),
        itemStyle: { color: COLORS.baseline },
        lineStyle: { type: 'dashed' },
        symbolSize: 8,
        symbol: 'diamond',
      },
    ],
  };
}

/** By the objective of the last run: what came before with another one is called incomparable. */
function scaleOfTrend({ points }: TrendView): ReturnType<typeof scoreScale> {
  const last = points.at(-1)?.entry;
  const objective = (last?.objective ?? {
    metric: 'e2e_latency',
    statistic: 'mean',
    direction: 'minimize',
  }) as Objective;
  const scores = points.flatMap(({ entry: { score, baselineScore } }) => [score, baselineScore]);
  const isRelative = last?.scoreWords?.endsWith('at the worst load') ?? false;
  return scoreScale(
    objective,
    scores.filter((score) => score !== null),
    isRelative
  );
}
