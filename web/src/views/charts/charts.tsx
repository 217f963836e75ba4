/** Every chart of a tune’s results, with what it says in words. */
import { useEffect, useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { EChart } from './echart.js';
import { eachChart, type Chart } from '../../../../src/report/charts/index.js';
import { WhenSeen } from '../../ui/when-seen.js';
import { Empty } from '../../ui/feedback.js';
import type { ResultsOutline } from '../../../../src/domain/results/outline.js';

/** The first one is on its place before the next is made, which of a large tune takes longer than a frame. */
const FIRST_DRAWN_MS = 100;

interface Props {
  readonly results: ResultsOutline;
  readonly onExperiment?: (n: number) => void;
}

export function Charts({ results, onExperiment }: Props): JSX.Element {
  const { charts, areAll } = useCharts(results);
  if (areAll && charts.length === 0) return <Empty>Nothing has been measured yet, so there is nothing to draw.</Empty>;
  return (
    <div class="charts">
      {charts.map((chart) => (
        <OneChart key={chart.id} chart={chart} onExperiment={onExperiment} />
      ))}
    </div>
  );
}

/** Those that are made already. While a tune goes on the old ones stay until the new ones are there. */
function useCharts(results: ResultsOutline): { charts: readonly Chart[]; areAll: boolean } {
  const [made, setMade] = useState<{ charts: readonly Chart[]; areAll: boolean }>({ charts: [], areAll: false });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout>;
    const rest = eachChart(results);
    const charts: Chart[] = [];
    const makeNext = (): void => {
      const next = rest.next();
      if (next.done) return setMade({ charts, areAll: true });
      charts.push(next.value);
      setMade((before) => (before.areAll ? before : { charts: [...charts], areAll: false }));
      timer = setTimeout(makeNext, charts.length === 1 ? FIRST_DRAWN_MS : 0);
    };
    makeNext();
    return () => clearTimeout(timer);
  }, [results]);
  return made;
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
