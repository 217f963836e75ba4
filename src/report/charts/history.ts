/** Objective history: what each experiment scored, in the order of the search, and the best so far. */
import type { ResultsOutline } from '../../domain/results/outline.js';
import type { Objective } from '../../domain/scoring/objective.js';
import { gridBase, legend, spans, upAxis, valueAxis, type Span } from './parts.js';
import {
  isFeasible,
  isMeasured,
  isRelative,
  measuredOf,
  MOST_NAMED,
  nameOf,
  noiseOf,
  noiseWords,
  objectivesOf,
  repeatNoise,
  thinned,
  thinnedWords,
  type Measured,
  type Noise,
} from './points.js';
import { scoreScale, type Scale } from './scale.js';
import { count, sentences } from './text.js';
import { COLORS, markStyle, SYMBOLS } from './theme.js';
import type { Chart, ChartOption } from './types.js';

export function historyChart(results: ResultsOutline): Chart | null {
  const [objective] = objectivesOf(results);
  const measured = measuredOf(results);
  const baseline = results.baseline && isMeasured(results.baseline) ? results.baseline : null;
  if (measured.length === 0) return null;
  const all = [...(baseline ? [baseline] : []), ...measured];
  const scale = scoreScale(
    objective,
    all.map(({ objective_score }) => objective_score),
    isRelative(results)
  );
  const best = results.best_result && isMeasured(results.best_result) ? results.best_result : null;
  const finals = results.finalists.flatMap(({ experiment_id, rounds }) =>
    rounds.flatMap((round): Measured[] => (isMeasured(round) ? [{ ...round, experiment_id }] : []))
  );
  const feasible = measured.filter(isFeasible);
  const improvements = bestSoFar(feasible);
  const kept = new Set(improvements);
  const drawn = thinned(measured, (one) => kept.has(one));
  const barred = all.length > MOST_NAMED ? improvements : all;
  const noise = noiseOf(results);
  const bars = barred.flatMap((result) => barOf(result, objective, noise, scale));
  const series = [
    ...(bars.length > 0 ? [spans('noise (± 1 sd)', COLORS.infeasible, bars, [5, 1])] : []),
    points('experiments', drawn.filter(isFeasible), scale, COLORS.feasible, SYMBOLS.experiment),
    points(
      'misses a limit',
      drawn.filter((one) => !isFeasible(one)),
      scale,
      COLORS.infeasible,
      SYMBOLS.infeasible
    ),
    bestLine(improvements, measured, scale),
    points('finals', finals, scale, COLORS.front, SYMBOLS.final, 9),
    points('baseline', baseline ? [baseline] : [], scale, COLORS.baseline, SYMBOLS.baseline, 13),
    points('best', best ? [best] : [], scale, COLORS.best, SYMBOLS.best, 16),
  ].filter(({ data }) => (data as unknown[]).length > 0);
  return {
    id: 'history',
    group: 'search',
    title: 'The search, experiment by experiment',
    words: wordsOf(results, {
      scale,
      feasible,
      measured,
      improvements,
      baseline,
      finals: finals.length,
      barred: bars.length > 0,
      drawn,
    }),
    option: gridBase({
      legend: legend(),
      xAxis: valueAxis('experiment', { min: 0, minInterval: 1 }),
      yAxis: upAxis(scale.name),
      series,
    }),
    size: 'wide',
    height: 380,
  };
}

const HOLLOW = new Set(['misses a limit', 'finals']);

/** The experiments that were better than all feasible ones before. */
function bestSoFar(feasible: readonly Measured[]): Measured[] {
  let best = Infinity;
  return feasible.filter(({ objective_score: score }) => {
    const isBetter = score < best;
    if (isBetter) best = score;
    return isBetter;
  });
}

function points(
  name: string,
  of: readonly Measured[],
  scale: Scale,
  color: string,
  symbol: string,
  symbolSize = 8
): ChartOption {
  const isMany = of.length > MOST_NAMED;
  const valueOf = (one: Measured): number[] => [one.experiment_id, scale.shown(one.objective_score), one.experiment_id];
  return {
    type: 'scatter',
    name,
    symbol,
    symbolSize: isMany ? 4 : symbolSize,
    itemStyle: markStyle(color, HOLLOW.has(name)),
    dimensions: ['experiment', scale.name, 'number'],
    encode: { x: 0, y: 1, tooltip: [0, 1] },
    ...(isMany ? { large: true, symbol: 'circle' } : {}),
    data: of.map((one) => (isMany ? valueOf(one) : { name: nameOf(one), value: valueOf(one) })),
    z: 3,
  };
}

function bestLine(improvements: readonly Measured[], measured: readonly Measured[], scale: Scale): ChartOption {
  const at = improvements.map((one) => [one.experiment_id, scale.shown(one.objective_score)]);
  const [last, end] = [at.at(-1), measured.at(-1)?.experiment_id];
  const data = last && end !== undefined ? [...at, [end, last[1]]] : at;
  const lineStyle = { color: COLORS.best, width: 2 };
  const itemStyle = { color: COLORS.best };
  return {
    type: 'line',
    name: 'best so far',
    step: 'end',
    symbol: 'none',
    silent: true,
    lineStyle,
    itemStyle,
    data,
    z: 2,
  };
}

/** One standard deviation to either side: of a fresh start where the finals have told it, else of the experiment's own repeats. */
function barOf(result: Measured, objective: Objective, noise: Noise | null, scale: Scale): Span[] {
  if ('weighted' in objective) return [];
  const share = noise?.from === 'starts' ? noise.relative : repeatNoise(result, objective);
  if (share === null || share === undefined || !(share > 0)) return [];
  const { experiment_id: x, objective_score: score } = result;
  return [
    [
      [x, scale.shown(score * (1 - share))],
      [x, scale.shown(score * (1 + share))],
    ],
  ];
}

interface Told {
  readonly scale: Scale;
  readonly feasible: readonly Measured[];
  readonly measured: readonly Measured[];
  readonly improvements: readonly Measured[];
  readonly baseline: Measured | null;
  readonly finals: number;
  readonly barred: boolean;
  readonly drawn: readonly Measured[];
}

function wordsOf(
  results: ResultsOutline,
  { scale, feasible, measured, improvements, baseline, finals, barred, drawn }: Told
): string {
  const last = improvements.at(-1);
  const missed = measured.length - feasible.length;
  const since = last ? measured.filter(({ experiment_id }) => experiment_id > last.experiment_id).length : 0;
  const better = scale.lowerIsBetter ? 'lower' : 'higher';
  return sentences(
    `Each mark is one experiment that was measured (${measured.length} of ${results.total_experiments}); ${better} is better.`,
    thinnedWords(measured, drawn, 'with every one that was the best so far'),
    last
      ? `The best of the search so far is experiment ${last.experiment_id} with ${scale.format(last.objective_score)}${since > 0 ? `; ${count(since, 'experiment')} after it did not beat it` : ''}.`
      : 'None of them holds every limit yet, so there is no best one.',
    missed > 0 && `${count(missed, 'experiment')} missed a limit (hollow marks).`,
    baseline && `The baseline has ${scale.format(baseline.objective_score)}.`,
    finals > 0 &&
      `${count(finals, 'green mark')} ${finals === 1 ? 'is a repeated measurement' : 'are repeated measurements'} of the finals: the best of a search looks better than it is, because it is also the luckiest; the repeated ones do not.`,
    barred && 'Bars are one standard deviation to either side.',
    noiseWords(noiseOf(results))
  );
}
