/** Several objectives: every experiment by the first two, and the Pareto front. */
import type { ResultsOutline } from '../../domain/results/outline.js';
import { gridBase, legend, upAxis, valueAxis } from './parts.js';
import {
  isFeasible,
  isRelative,
  measuredOf,
  MOST_NAMED,
  nameOf,
  noiseOf,
  noiseWords,
  objectivesOf,
  thinned,
  thinnedWords,
  type Measured,
} from './points.js';
import { scoreScale } from './scale.js';
import { count, sentences } from './text.js';
import { COLORS, markStyle, SYMBOLS } from './theme.js';
import type { Chart, ChartOption } from './types.js';

export function objectivesChart(results: ResultsOutline): Chart | null {
  const [first, second, ...more] = objectivesOf(results);
  if (!second) return null;
  const of = (result: Measured, i: number): number => result.objective_scores?.[i] ?? NaN;
  const measured = measuredOf(results).filter(
    (result) => Number.isFinite(of(result, 0)) && Number.isFinite(of(result, 1))
  );
  if (measured.length === 0) return null;
  const x = scoreScale(
    first,
    measured.map((result) => of(result, 0)),
    isRelative(results)
  );
  const y = scoreScale(
    second,
    measured.map((result) => of(result, 1)),
    isRelative(results)
  );
  const front = new Set(results.pareto_front?.map(({ experiment_id }) => experiment_id));
  const balanced = results.pareto_front?.find((member) => member.balanced)?.experiment_id;
  const isMany = measured.length > MOST_NAMED;
  const scatter = (
    name: string,
    some: readonly Measured[],
    color: string,
    symbol: string,
    symbolSize = 8
  ): ChartOption => ({
    ...{ type: 'scatter', name, symbol, symbolSize, itemStyle: markStyle(color, color === COLORS.infeasible), z: 3 },
    dimensions: [x.name, y.name, 'experiment'],
    encode: { x: 0, y: 1, tooltip: [0, 1] },
    data: some.map((result) => {
      const value = [x.shown(of(result, 0)), y.shown(of(result, 1)), result.experiment_id];
      return isMany ? value : { name: nameOf(result), value };
    }),
  });
  const onFront = measured.filter(({ experiment_id: id }) => front.has(id));
  const off = measured.filter(({ experiment_id: id }) => !front.has(id));
  const drawn = thinned(off);
  return {
    id: 'objectives',
    group: 'search',
    title: 'The trade-off between the objectives',
    words: sentences(
      `Each mark is an experiment by ${x.name} (${x.lowerIsBetter ? 'left' : 'right'} is better) and ${y.name} (${y.lowerIsBetter ? 'down' : 'up'} is better).`,
      `${count(onFront.length, 'experiment')} ${onFront.length === 1 ? 'is' : 'are'} on the Pareto front: no other feasible one is better in one objective without being worse in another.`,
      balanced !== undefined && `Experiment ${balanced} is the balanced one, nearest to the best of both.`,
      more.length > 0 &&
        `${count(more.length, 'further objective')} ${more.length === 1 ? 'is' : 'are'} not drawn, and may be why an experiment is on the front.`,
      thinnedWords(off, drawn),
      'Each mark is a single measurement.',
      noiseWords(noiseOf(results))
    ),
    option: gridBase({
      legend: legend(),
      xAxis: valueAxis(x.name),
      yAxis: upAxis(y.name),
      series: [
        scatter('experiments', drawn.filter(isFeasible), COLORS.feasible, SYMBOLS.experiment),
        scatter(
          'misses a limit',
          drawn.filter((one) => !isFeasible(one)),
          COLORS.infeasible,
          SYMBOLS.infeasible
        ),
        scatter('Pareto front', onFront, COLORS.front, SYMBOLS.experiment, 10),
        scatter(
          'balanced',
          onFront.filter(({ experiment_id }) => experiment_id === balanced),
          COLORS.best,
          SYMBOLS.best,
          16
        ),
      ].filter(({ data }) => (data as unknown[]).length > 0),
    }),
    size: 'wide',
    height: 360,
  };
}
