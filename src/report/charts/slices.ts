/** Slices: the objective over each parameter by itself. */
import type { ResultsOutline } from '../../domain/results/outline.js';
import { isWide, keyOf, labelsOf, parametersOf, valueOf, type Parameter } from './parameters.js';
import { gridBase, upAxis, valueAxis } from './parts.js';
import {
  isFeasible,
  isRelative,
  measuredOf,
  MOST_NAMED,
  nameOf,
  objectivesOf,
  thinned,
  thinnedWords,
  type Measured,
} from './points.js';
import { scoreScale, type Scale } from './scale.js';
import { count, plain, sentences } from './text.js';
import { COLORS, markStyle, SYMBOLS } from './theme.js';
import type { Chart, ChartOption } from './types.js';

/** More parameters than these are not drawn one by one. */
const MOST_SLICES = 24;

/** One small chart per parameter that was tried with several values. */
export function sliceCharts(results: ResultsOutline): Chart[] {
  const measured = measuredOf(results);
  if (measured.length < 2) return [];
  const [objective] = objectivesOf(results);
  const scale = scoreScale(
    objective,
    measured.map(({ objective_score }) => objective_score),
    isRelative(results)
  );
  return parametersOf(results)
    .slice(0, MOST_SLICES)
    .map((parameter, i) => sliceChart(parameter, measured, scale, `slice-${i + 1}`));
}

function sliceChart(parameter: Parameter, measured: readonly Measured[], scale: Scale, id: string): Chart {
  const name = plain(parameter.name, 32);
  const placed = measured.flatMap((result) => {
    const x = placeOf(parameter, result);
    return x === null ? [] : [{ result, x, y: scale.shown(result.objective_score) }];
  });
  const drawn = thinned(placed);
  const isMany = placed.length > MOST_NAMED;
  const series = (
    label: string,
    of: readonly (typeof placed)[number][],
    color: string,
    symbol: string
  ): ChartOption => ({
    ...{
      type: 'scatter',
      name: label,
      symbol,
      symbolSize: isMany ? 4 : 7,
      itemStyle: { ...markStyle(color, color === COLORS.infeasible), opacity: 0.8 },
    },
    ...(isMany ? { large: true, symbol: 'circle' } : {}),
    dimensions: [name, scale.name, 'experiment'],
    encode: { x: 0, y: 1, tooltip: [0, 1] },
    data: of.map(({ result, x, y }) => {
      const value = [x, y, result.experiment_id];
      return isMany ? value : { name: nameOf(result), value };
    }),
  });
  return {
    id,
    group: 'parameters',
    title: `The objective over ${name}`,
    words: wordsOf(parameter, placed, scale),
    option: gridBase({
      grid: { left: 12, right: 16, top: 34, bottom: 40, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
      xAxis: parameter.isNumeric
        ? valueAxis(name, isWide(parameter.values) ? { type: 'log' } : {})
        : { type: 'category', name, nameLocation: 'middle', nameGap: 30, data: labelsOf(parameter.values) },
      yAxis: upAxis(scale.name, { splitNumber: 4 }),
      series: [
        series(
          'experiments',
          drawn.filter(({ result }) => isFeasible(result)),
          COLORS.feasible,
          SYMBOLS.experiment
        ),
        series(
          'misses a limit',
          drawn.filter(({ result }) => !isFeasible(result)),
          COLORS.infeasible,
          SYMBOLS.infeasible
        ),
      ].filter(({ data }) => (data as unknown[]).length > 0),
    }),
    size: 'small',
    height: 240,
  };
}

function placeOf({ name, values, isNumeric }: Parameter, result: Measured): number | null {
  const value = valueOf(result, name);
  if (isNumeric) return typeof value === 'number' ? value : null;
  const at = values.findIndex((one) => keyOf(one) === keyOf(value));
  return at < 0 ? null : at;
}

function wordsOf(
  parameter: Parameter,
  placed: readonly { readonly result: Measured; readonly x: number }[],
  scale: Scale
): string {
  const other = 'The other parameters differ from mark to mark, so a difference here may be theirs.';
  const much = sentences(
    `${count(placed.length, 'experiment')}; ${scale.lowerIsBetter ? 'lower' : 'higher'} is better.`,
    thinnedWords(placed, thinned(placed))
  );
  if (parameter.isNumeric) return sentences(much, other);
  const labels = labelsOf(parameter.values);
  const told = labels.flatMap((label, at) => {
    const scores = placed.filter(({ x }) => x === at).map(({ result }) => result.objective_score);
    return scores.length === 0 ? [] : [`${label}: ${scale.format(Math.min(...scores))} (of ${scores.length})`];
  });
  return sentences(much, told.length <= 8 && `The best at each value: ${told.join(', ')}.`, other);
}
