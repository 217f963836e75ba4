/** Every chart of a tune. Pure: for the report, and for the web application while the tune runs. */
import type { ResultsFile } from '../../domain/results/tune-result.js';
import { baselineChart } from './baseline.js';
import { concurrencyCharts } from './concurrency.js';
import { failuresChart } from './failures.js';
import { historyChart } from './history.js';
import { importanceChart } from './importance.js';
import { objectivesChart } from './objectives.js';
import { parallelChart } from './parallel.js';
import { sliceCharts } from './slices.js';
import { startsChart } from './starts.js';
import { throughputCharts } from './throughput.js';
import { timeChart } from './time.js';
import type { Chart } from './types.js';

export { CHART_MODULES } from './modules.js';
export { chartTheme, COLORS, INKS, type Ink } from './theme.js';
export type { Chart, ChartOption } from './types.js';

/** All that have something to show, in the order in which a person reads them. */
export function chartsOf(results: ResultsFile): Chart[] {
  const charts = [
    baselineChart(results),
    startsChart(results),
    historyChart(results),
    objectivesChart(results),
    ...throughputCharts(results),
    ...concurrencyCharts(results),
    importanceChart(results),
    parallelChart(results),
    ...sliceCharts(results),
    failuresChart(results),
    timeChart(results),
  ];
  return charts.filter((chart) => chart !== null);
}
