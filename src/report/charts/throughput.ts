/** Latency against throughput: one chart per load with every experiment, and one per scenario with the loads of the best and the baseline. */
import { quantityOf, type Quantity } from '../../domain/loads/metric.js';
import { describeLevel, describeLoad, isSameLoad, loadOf, type Load } from '../../domain/loads/load.js';
import { isAbout } from '../../domain/loads/load-filter.js';
import type { Slo } from '../../domain/scoring/slo.js';
import {
  drawnQuantities,
  type DrawnQuantities,
  type OutlineExperiment,
  type ResultsOutline,
} from '../../domain/results/outline.js';
import { gridBase, legend, limitLine, upAxis, valueAxis } from './parts.js';
import { everyResult, isFeasible, MOST_NAMED, nameOf, noiseOf, noiseWords, thinned, thinnedWords } from './points.js';
import { scaleOf, type Scale } from './scale.js';
import { capital, count, digits, plain, sentences } from './text.js';
import { COLORS, markStyle, SYMBOLS } from './theme.js';
import type { Chart, ChartOption } from './types.js';

/** More loads than these are not drawn: the results file has them. */
export const MOST_LOADS = 12;

interface Point {
  readonly result: OutlineExperiment;
  readonly rate: number;
  readonly latency: number;
}

/** One chart for each load, up to `MOST_LOADS`. */
export function throughputCharts(results: ResultsOutline): Chart[] {
  const quantities = drawnQuantities(results);
  return loadsIn(results)
    .slice(0, MOST_LOADS)
    .flatMap((load, i) => loadChart(results, load, quantities, `throughput-${i + 1}`) ?? []);
}

/** Every load that was measured, in the order in which they were first. */
export function loadsIn(results: ResultsOutline): Load[] {
  const loads: Load[] = [];
  const seen = new Set<string>();
  for (const { loads: own } of everyResult(results)) {
    for (const one of own) {
      const load = loadOf(one);
      const key = JSON.stringify(load);
      if (!seen.has(key)) loads.push(load);
      seen.add(key);
    }
  }
  return loads;
}

export function footprintOf(
  results: ResultsOutline,
  { accelerators }: OutlineExperiment
): Parameters<typeof quantityOf>[2] {
  const { price_per_accelerator_hour: price = null } = results.ran;
  return accelerators === undefined ? null : { accelerators, price_per_accelerator_hour: price };
}

function pointOf(
  results: ResultsOutline,
  result: OutlineExperiment,
  load: Load,
  { rate, latency }: DrawnQuantities
): Point[] {
  const measurement = result.loads.find((one) => isSameLoad(one, load));
  if (!measurement) return [];
  const footprint = footprintOf(results, result);
  const point = { result, rate: quantityOf(measurement, rate, footprint), latency: quantityOf(measurement, latency) };
  return Number.isFinite(point.rate) && Number.isFinite(point.latency) ? [point] : [];
}

function loadChart(results: ResultsOutline, load: Load, quantities: DrawnQuantities, id: string): Chart | null {
  const searched = results.all_results.flatMap((result) => pointOf(results, result, load, quantities));
  const baseline = results.baseline ? pointOf(results, results.baseline, load, quantities) : [];
  const all = [...baseline, ...searched];
  if (searched.length === 0) return null;
  const rate = scaleOf(
    quantities.rate,
    all.map((point) => point.rate),
    false
  );
  const latency = scaleOf(
    quantities.latency,
    all.map((point) => point.latency),
    true
  );
  const feasible = searched.filter(({ result }) => isFeasible(result));
  const best = searched.filter(({ result }) => result.experiment_id === results.best_result?.experiment_id);
  const front = frontOf(feasible);
  const onFront = new Set(front);
  const drawn = thinned(searched, (point) => onFront.has(point));
  const limits = limitsAt(results, load, quantities.latency);
  const shown = (of: readonly Point[]): ShownPoint[] =>
    of.map(({ result, ...point }) => ({ result, x: rate.shown(point.rate), y: latency.shown(point.latency) }));
  const series = [
    scatter(
      'experiments',
      shown(drawn.filter(({ result }) => isFeasible(result))),
      [rate, latency],
      COLORS.feasible,
      SYMBOLS.experiment
    ),
    scatter(
      'not feasible',
      shown(drawn.filter(({ result }) => !isFeasible(result))),
      [rate, latency],
      COLORS.infeasible,
      SYMBOLS.infeasible
    ),
    {
      ...{ type: 'line', name: 'Pareto front', symbol: 'none', silent: true, z: 2 },
      ...{ lineStyle: { color: COLORS.front, width: 2 }, itemStyle: { color: COLORS.front } },
      data: front.length > 1 ? shown(front).map(({ x, y }) => [x, y]) : [],
    },
    scatter('baseline', shown(baseline), [rate, latency], COLORS.baseline, SYMBOLS.baseline, 13),
    scatter('best', shown(best), [rate, latency], COLORS.best, SYMBOLS.best, 16),
  ].filter(({ data }) => data.length > 0);
  // The first series is always there; the limits hang on it.
  const lines = limits.map(({ max = 0 }) =>
    limitLine(`limit ${latency.format(max)}`, { yAxis: latency.shown(max) }, COLORS.failed)
  );
  const [first, ...others] = series as ChartOption[];
  const marked =
    first && lines[0]
      ? { ...first, markLine: { ...lines[0], data: lines.flatMap(({ data }) => data as object[]) } }
      : first;
  const highest = Math.max(
    ...all.map((point) => latency.shown(point.latency)),
    ...limits.map(({ max = 0 }) => latency.shown(max))
  );
  return {
    id,
    group: 'loads',
    title: `Latency against throughput: ${plain(describeLoad(load))}`,
    words: loadWords(results, { load, rate, latency, searched, drawn, feasible, front, best, baseline, limits }),
    option: gridBase({
      legend: legend(),
      xAxis: valueAxis(rate.name),
      // Where a limit would lie outside, it must be seen all the same.
      yAxis: upAxis(latency.name, limits.length > 0 ? { max: digits(highest * 1.05) } : {}),
      series: [...(marked ? [marked] : []), ...others],
    }),
    size: 'wide',
    height: 360,
  };
}

interface ShownPoint {
  readonly result: OutlineExperiment;
  readonly x: number;
  readonly y: number;
}

function scatter(
  name: string,
  of: readonly ShownPoint[],
  [x, y]: readonly [Scale, Scale],
  color: string,
  symbol: string,
  symbolSize = 8
): { readonly data: readonly unknown[] } & ChartOption {
  const isMany = of.length > MOST_NAMED;
  const valueOf = (point: ShownPoint): number[] => [point.x, point.y, point.result.experiment_id];
  return {
    ...{
      type: 'scatter',
      name,
      symbol,
      symbolSize: isMany ? 4 : symbolSize,
      itemStyle: markStyle(color, color === COLORS.infeasible),
      z: 3,
    },
    ...(isMany ? { large: true, symbol: 'circle' } : {}),
    dimensions: [x.name, y.name, 'experiment'],
    encode: { x: 0, y: 1, tooltip: [0, 1] },
    data: of.map((point) => (isMany ? valueOf(point) : { name: nameOf(point.result), value: valueOf(point) })),
  };
}

/** Those that no other one beats in both, by rising throughput. */
function frontOf(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => b.rate - a.rate || a.latency - b.latency);
  let lowest = Infinity;
  const front = sorted.filter(({ latency }) => {
    const isOn = latency < lowest;
    lowest = Math.min(lowest, latency);
    return isOn;
  });
  return front.reverse();
}

/** The limits of the drawn latency at a load. */
function limitsAt({ ran }: ResultsOutline, load: Load, { metric, statistic }: Quantity): Slo[] {
  return ((ran.slos ?? []) as unknown as Slo[]).filter(
    (slo) =>
      slo.metric === metric && slo.statistic === statistic && slo.max !== undefined && isAbout(slo.loads ?? {}, load)
  );
}

interface Told {
  readonly load: Load;
  readonly rate: Scale;
  readonly latency: Scale;
  readonly searched: readonly Point[];
  readonly drawn: readonly Point[];
  readonly feasible: readonly Point[];
  readonly front: readonly Point[];
  readonly best: readonly Point[];
  readonly baseline: readonly Point[];
  readonly limits: readonly Slo[];
}

function loadWords(results: ResultsOutline, told: Told): string {
  const { load, rate, latency, searched, feasible, front, limits } = told;
  const at = (name: string, [point]: readonly Point[]): string | null =>
    point
      ? `${name} gives ${rate.format(point.rate)} at ${latencyName(latency)} ${latency.format(point.latency)}`
      : null;
  const ends = [at('the best', told.best), at('the baseline', told.baseline)].filter((one) => one !== null).join('; ');
  const over = limits.map(({ max = 0 }) => searched.filter((point) => point.latency > max).length);
  const disturbed = searched.filter(({ result }) =>
    result.loads.some((one) => isSameLoad(one, load) && one.disturbances)
  ).length;
  return sentences(
    `${count(searched.length, 'experiment')} with ${levelWords(load)} (${plain(load.scenario)}); further right and further down is better.`,
    thinnedWords(searched, told.drawn, 'with the whole front'),
    ends && `${capital(ends)}.`,
    front.length > 1 && `The line joins the ${front.length} that no other feasible one beats in both.`,
    front.length === 1 &&
      feasible.length > 1 &&
      `Experiment ${front[0]?.result.experiment_id} is ahead of every other feasible one in both.`,
    ...limits.map(
      ({ max = 0 }, i) =>
        `The dashed line is the limit of ${latency.format(max)}: ${over[i]} of ${searched.length} are above it.`
    ),
    (results.ran.slos ?? []).length > 0 && 'What misses a limit at any load counts as not feasible at all of them.',
    disturbed > 0 &&
      `In ${count(disturbed, 'experiment')} the way to the engine broke meanwhile: these numbers are not to be trusted.`,
    'Each mark is a single measurement.',
    noiseWords(noiseOf(results))
  );
}

function latencyName({ name }: Scale): string {
  return name.replace(/ \([^)]*\)$/, '');
}

function levelWords(load: Load): string {
  return load.concurrency === undefined ? describeLevel(load) : `${count(load.concurrency, 'request')} at once`;
}
