/** How the best and the baseline bear more load: a line of latency over throughput, one mark per concurrency or rate. */
import { describeLevelAlone, levelOf, loadOf, type Load } from '../../domain/loads/load.js';
import { quantityOf } from '../../domain/loads/metric.js';
import { drawnQuantities, type OutlineExperiment, type ResultsOutline } from '../../domain/results/outline.js';
import { gridBase, legend, upAxis, valueAxis } from './parts.js';
import { noiseOf, noiseWords } from './points.js';
import { scaleOf } from './scale.js';
import { plain, sentences } from './text.js';
import { COLORS, SYMBOLS } from './theme.js';
import { footprintOf, loadsIn, MOST_LOADS } from './throughput.js';
import type { Chart } from './types.js';

interface Step {
  readonly load: Load;
  readonly rate: number;
  readonly latency: number;
}

/** One chart per scenario that was measured at several concurrencies or rates. */
export function concurrencyCharts(results: ResultsOutline): Chart[] {
  const scenarios = [...new Set(loadsIn(results).map(({ scenario }) => scenario))];
  return scenarios
    .slice(0, MOST_LOADS)
    .flatMap((scenario, i) => scenarioChart(results, scenario, `concurrency-${i + 1}`) ?? []);
}

function scenarioChart(results: ResultsOutline, scenario: string, id: string): Chart | null {
  const best = results.best_result ? stepsOf(results, results.best_result, scenario) : [];
  const baseline = results.baseline ? stepsOf(results, results.baseline, scenario) : [];
  if (Math.max(best.length, baseline.length) < 2) return null;
  const all = [...best, ...baseline];
  const quantities = drawnQuantities(results);
  const rate = scaleOf(
    quantities.rate,
    all.map((step) => step.rate),
    false
  );
  const latency = scaleOf(
    quantities.latency,
    all.map((step) => step.latency),
    true
  );
  const line = (name: string, steps: readonly Step[], color: string, symbol: string): object => ({
    ...{ type: 'line', name, symbol, symbolSize: 11, itemStyle: { color }, lineStyle: { color, width: 2 } },
    dimensions: [rate.name, latency.name],
    data: steps.map((step) => ({
      name: `${name}, ${describeLevelAlone(step.load)}`,
      value: [rate.shown(step.rate), latency.shown(step.latency)],
      label: { show: true, formatter: String(levelOf(step.load)), position: 'top', color },
    })),
  });
  const range = (steps: readonly Step[]): string => {
    const [first, last] = [steps[0], steps.at(-1)];
    if (!first || !last) return '';
    const from = `${rate.format(first.rate)} at ${latency.format(first.latency)}`;
    return first === last
      ? from
      : `from ${from} (${describeLevelAlone(first.load)}) to ${rate.format(last.rate)} at ${latency.format(last.latency)} (${describeLevelAlone(last.load)})`;
  };
  return {
    id,
    group: 'loads',
    title: `More load on the best and on the baseline: ${plain(scenario)}`,
    words: sentences(
      `Each mark is a load, named by its ${all[0]?.load.concurrency === undefined ? 'requests per second' : 'requests at once'}; a line further right and further down serves more at the same latency.`,
      best.length > 0 && `The best goes ${range(best)}.`,
      baseline.length > 0 && `The baseline goes ${range(baseline)}.`,
      'Each mark is a single measurement of the search.',
      noiseWords(noiseOf(results))
    ),
    option: gridBase({
      legend: legend(),
      xAxis: valueAxis(rate.name),
      yAxis: upAxis(latency.name),
      series: [
        line('baseline', baseline, COLORS.baseline, SYMBOLS.baseline),
        line('best', best, COLORS.best, SYMBOLS.experiment),
      ].filter((series) => (series as { data: unknown[] }).data.length > 0),
    }),
    size: 'wide',
    height: 340,
  };
}

function stepsOf(results: ResultsOutline, result: OutlineExperiment, scenario: string): Step[] {
  const { rate, latency } = drawnQuantities(results);
  const footprint = footprintOf(results, result);
  return result.loads
    .filter((load) => load.scenario === scenario)
    .map((load) => ({
      load: loadOf(load),
      rate: quantityOf(load, rate, footprint),
      latency: quantityOf(load, latency),
    }))
    .filter((step) => Number.isFinite(step.rate) && Number.isFinite(step.latency))
    .sort((a, b) => levelOf(a.load) - levelOf(b.load));
}
