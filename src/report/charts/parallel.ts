/** Parallel coordinates: every experiment as a line through its values, coloured by the objective. */
import type { ResultsOutline } from '../../domain/results/outline.js';
import { isWide, keyOf, labelsOf, parametersOf, valueOf, type Parameter } from './parameters.js';
import { base } from './parts.js';
import { isFeasible, isRelative, measuredOf, nameOf, objectivesOf, type Measured } from './points.js';
import { scoreScale } from './scale.js';
import { count, plain, sentences } from './text.js';
import type { Chart } from './types.js';

/** More axes than these cannot be read. */
const MOST_AXES = 12;
/** More lines than these are one surface. */
const MOST_LINES = 1000;

export function parallelChart(results: ResultsOutline): Chart | null {
  const all = measuredOf(results);
  const parameters = parametersOf(results);
  const axes = parameters.slice(0, MOST_AXES);
  if (all.length < 2 || axes.length < 2) return null;
  const [objective] = objectivesOf(results);
  const drawn = thinned(all);
  const scores = drawn.map(({ objective_score }) => objective_score);
  const scale = scoreScale(objective, scores, isRelative(results));
  const shown = scores.map(scale.shown);
  const [least, most] = [Math.min(...shown), Math.max(...shown)];
  const good = ['#d97706', '#8b5cc7', '#3b82c4'];
  return {
    id: 'parallel',
    group: 'parameters',
    title: 'Every combination with its score',
    words: sentences(
      `Each line is an experiment: it crosses every axis at the value of that parameter, and ends at its ${scale.name} on the right. Orange is ${scale.lowerIsBetter ? 'low' : 'high'}, which is better; blue is worse.`,
      drawn.length < all.length &&
        `Of ${all.length} experiments ${drawn.length} are drawn: the best half of these, and every so many of the others.`,
      parameters.length > axes.length && `Of ${parameters.length} parameters the first ${axes.length} are drawn.`,
      missing(results, all),
      'Lines of one colour that share a value suggest that it matters; where colours are mixed on a value, it alone decides little. Close colours may be noise.'
    ),
    option: base({
      parallel: { left: 48, right: 72, top: 56, bottom: 64 },
      parallelAxis: [
        ...axes.map((parameter, dim) => axisOf(parameter, dim)),
        {
          dim: axes.length,
          name: 'score',
          type: 'value',
          scale: true,
          inverse: scale.lowerIsBetter,
          nameLocation: scale.lowerIsBetter ? 'start' : 'end',
        },
      ],
      visualMap: {
        ...{ type: 'continuous', orient: 'horizontal', left: 'center', bottom: 4, itemHeight: 160, calculable: false },
        ...{ dimension: axes.length, min: least, max: most > least ? most : least + 1, text: ['', scale.name] },
        inRange: { color: scale.lowerIsBetter ? good : [...good].reverse() },
      },
      series: [
        {
          type: 'parallel',
          name: 'experiments',
          lineStyle: { width: drawn.length > 200 ? 1 : 1.8, opacity: drawn.length > 200 ? 0.35 : 0.75 },
          data: drawn.map((result) => ({
            name: nameOf(result),
            value: [
              ...axes.map((parameter) => coordinate(parameter, result)),
              scale.shown(result.objective_score),
              result.experiment_id,
            ],
          })),
        },
      ],
    }),
    size: 'wide',
    height: 400,
  };
}

function axisOf(parameter: Parameter, dim: number): object {
  const name = plain(parameter.name, 18);
  if (!parameter.isNumeric) return { dim, name, type: 'category', data: labelsOf(parameter.values) };
  return { dim, name, type: isWide(parameter.values) ? 'log' : 'value', scale: true };
}

/** The place of a value in the list of its axis, or the number; `-` where the experiment has none. */
function coordinate({ name, values, isNumeric }: Parameter, result: Measured): number | string {
  const value = valueOf(result, name);
  if (isNumeric) return typeof value === 'number' ? value : '-';
  const at = values.findIndex((one) => keyOf(one) === keyOf(value));
  return at < 0 ? '-' : at;
}

/** The best half of what can be drawn, then every so many of the others, so that the whole is still there. */
function thinned(all: readonly Measured[]): readonly Measured[] {
  if (all.length <= MOST_LINES) return all;
  const sorted = [...all].sort((a, b) => a.objective_score - b.objective_score);
  const half = MOST_LINES / 2;
  const rest = sorted.slice(half);
  const step = rest.length / half;
  return [...sorted.slice(0, half), ...Array.from({ length: half }, (_, i) => rest[Math.floor(i * step)] as Measured)];
}

function missing(results: ResultsOutline, measured: readonly Measured[]): string {
  const failed = results.all_results.length - measured.length;
  const infeasible = measured.filter((one) => !isFeasible(one)).length;
  return sentences(
    failed > 0 && `${count(failed, 'experiment')} without a score ${failed === 1 ? 'is' : 'are'} not drawn.`,
    infeasible > 0 &&
      `${count(infeasible, 'experiment')} that ${infeasible === 1 ? 'misses' : 'miss'} a limit ${infeasible === 1 ? 'is' : 'are'} among them.`
  );
}
