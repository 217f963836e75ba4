/** Parameter importance, as far as the measurements can tell it. */
import type { ResultsOutline } from '../../domain/results/outline.js';
import { effectsOf, FEWEST, type Effect } from './effects.js';
import { parametersOf } from './parameters.js';
import { gridBase, legend, valueAxis } from './parts.js';
import { isRelative, measuredOf, noiseOf, objectivesOf, type Measured } from './points.js';
import { scoreScale } from './scale.js';
import { count, digits, listed, percent, plain, sentences } from './text.js';
import { COLORS } from './theme.js';
import type { Chart } from './types.js';

const MOST_BARS = 16;

export function importanceChart(results: ResultsOutline): Chart | null {
  const parameters = parametersOf(results);
  const measured = measuredOf(results);
  if (parameters.length === 0 || measured.length === 0) return null;
  const effects = effectsOf(measured, parameters).slice(0, MOST_BARS);
  const drawn = [...effects].reverse();
  const bar = (name: string, color: string, isOf: (effect: Effect) => boolean, more: object = {}): object => ({
    ...{ type: 'bar', name, stack: 'share', barMaxWidth: 22, itemStyle: { color, ...more } },
    data: drawn.map((effect) => (isOf(effect) ? digits(effect.share * 100) : 0)),
  });
  return {
    id: 'importance',
    group: 'parameters',
    title: 'Which parameters matter',
    words: wordsOf(results, effects, measured),
    option: gridBase({
      legend: legend(),
      xAxis: valueAxis('share of the differences (%)', { min: 0, max: 100, scale: false }),
      yAxis: { type: 'category', data: drawn.map(({ parameter }) => plain(parameter.name, 32)) },
      series: [
        bar('more than chance', COLORS.feasible, ({ isTold }) => isTold),
        bar('may be chance', COLORS.infeasible, ({ isTold }) => !isTold, { opacity: 0.55 }),
      ],
    }),
    size: 'wide',
    height: 110 + 34 * Math.max(1, drawn.length),
  };
}

function wordsOf(results: ResultsOutline, effects: readonly Effect[], measured: readonly Measured[]): string {
  const few = `From ${count(measured.length, 'measured experiment')}.`;
  if (effects.length === 0) {
    return sentences(few, `That is too few to tell which parameters matter: at least ${FEWEST} are needed.`);
  }
  const told = effects.filter(({ isTold }) => isTold);
  const open = effects.filter(({ isTold }) => !isTold);
  const name = ({ parameter }: Effect): string => plain(parameter.name, 32);
  const strongest = told[0] ? bestGroup(told[0], results, measured) : '';
  return sentences(
    few,
    told.length > 0
      ? `What goes along with the objective by more than chance: ${listed(told.map((effect) => `${name(effect)} (${percent(effect.share)} of the differences)`))}.`
      : 'No parameter goes along with the objective by more than chance would: more experiments may tell, or none matters much.',
    strongest,
    open.length > 0 && `${told.length > 0 ? 'Not told from chance' : 'These are'}: ${listed(open.map(name))}.`,
    noiseShare(results, measured),
    'Each parameter is taken by itself. What only matters together with another one is not seen, and where the search has changed two at once they share the credit. Experiments that failed are not counted.'
  );
}

/** Which value did best on average. */
function bestGroup({ parameter, groups }: Effect, results: ResultsOutline, measured: readonly Measured[]): string {
  const [objective] = objectivesOf(results);
  const scale = scoreScale(
    objective,
    measured.map(({ objective_score }) => objective_score),
    isRelative(results)
  );
  const [first, ...others] = [...groups].sort((a, b) => a.mean - b.mean);
  const last = others.at(-1);
  if (!first || !last) return '';
  return `On average ${plain(parameter.name, 32)} = ${plain(first.label, 24)} was best (${scale.format(first.mean)}, ${count(first.count, 'experiment')}) and ${plain(last.label, 24)} worst (${scale.format(last.mean)}, ${count(last.count, 'experiment')}).`;
}

/** How much of the variance between the experiments their noise would make alone. */
function noiseShare(results: ResultsOutline, measured: readonly Measured[]): string {
  const noise = noiseOf(results);
  const [objective] = objectivesOf(results);
  if (!noise || 'weighted' in objective) return '';
  const scores = measured.map(({ objective_score }) => objective_score);
  const mean = scores.reduce((a, b) => a + b, 0) / scores.length;
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / Math.max(1, scores.length - 1);
  if (!(variance > 0)) return '';
  const share = Math.min(1, (noise.relative * mean) ** 2 / variance);
  if (share < 0.05) return '';
  return `Noise alone would make ${noise.from === 'starts' ? 'about' : 'at least'} ${percent(share)} of the differences.`;
}
