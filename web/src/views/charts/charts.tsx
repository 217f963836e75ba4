/** Every chart of a results file, with what it says in words. */
import { useMemo } from 'preact/hooks';
import type { JSX } from 'preact';
import { EChart } from './echart.js';
import { chartsOf, type Chart } from '../../../../src/report/charts/index.js';
import { WhenSeen } from '../../ui/when-seen.js';
import { Empty } from '../../ui/feedback.js';
import type { ResultsFile } from '../../../../src/contracts/http/index.js';

interface Props {
  readonly results: ResultsFile;
  readonly onExperiment?: (n: number) => void;
}

export function Charts({ results, onExperiment }: Props): JSX.Element {
  const charts = useMemo(() => chartsOf(results), [results]);
  if (charts.length === 0) return <Empty>Nothing has been measured yet, so there is nothing to draw.</Empty>;
  return (
    <div class="charts">
      {charts.map((chart) => (
        <OneChart key={chart.id} chart={chart} onExperiment={onExperiment} />
      ))}
    </div>
  );
}

interface OneProps {
  readonly chart: Chart;
  readonly onExperiment: ((n: number) => void) | undefined;
}

function OneChart({ chart: { id, title, words, option, size, height }, onExperiment }: OneProps): JSX.Element {
  return (
    <figure class={`panel chart-panel ${size}`} data-chart={id}>
      <header>
        <h2>{title}</h2>
      </header>
      <WhenSeen height={height}>
        <EChart option={option} height={height} label={title} onExperiment={onExperiment} />
      </WhenSeen>
      <figcaption class="chart-words">{words}</figcaption>
    </figure>
  );
}
