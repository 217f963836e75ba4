/** The parts of ECharts that the charts need, for `echarts.use(CHART_MODULES)`: the rest stays out of a bundle. The renderer is the caller's. */
import { BarChart, LineChart, ParallelChart, ScatterChart } from 'echarts/charts';
import {
  DatasetComponent,
  GridComponent,
  LegendComponent,
  LegendScrollComponent,
  MarkLineComponent,
  ParallelComponent,
  TooltipComponent,
  VisualMapContinuousComponent,
} from 'echarts/components';

export const CHART_MODULES = [
  ...[BarChart, LineChart, ParallelChart, ScatterChart],
  ...[DatasetComponent, GridComponent, LegendComponent, LegendScrollComponent, MarkLineComponent],
  ...[ParallelComponent, TooltipComponent, VisualMapContinuousComponent],
];
