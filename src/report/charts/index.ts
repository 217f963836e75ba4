/** Every chart of a tune. Pure: for the report, and for the web application while the tune runs. */
import type { ResultsOutline } from '../../domain/results/outline.js';
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
export { scoreScale } from './scale.js';
export { chartTheme, COLORS, INKS, type Ink } from './theme.js';
export type { Chart, ChartOption } from './types.js';

/** One after the other, so that a page can show the first while the others are being made. */
export function* eachChart(results: ResultsOutline): Generator<Chart> {
  const makers: ((results: ResultsOutline) => Chart | null | Chart[])[] = [
    ...[baselineChart, startsChart, historyChart, objectivesChart, throughputCharts, concurrencyCharts],
    ...[importanceChart, parallelChart, sliceCharts, failuresChart, timeChart],
  ];
  for (const make of makers) {
    const made = make(results);
    yield* Array.isArray(made) ? made : made ? [made] : [];
  }
}

/** All that have something to show, in the order in which a person reads them. */
export function chartsOf(results: ResultsOutline): Chart[] {
  return [...eachChart(results)];
}
