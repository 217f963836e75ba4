/** One chart on a canvas: in the colours of the page, as wide as its place, of a height that does not change. */
import { useEffect, useRef } from 'preact/hooks';
import type { JSX } from 'preact';
import { init, use, type EChartsType } from 'echarts/core';
import { CanvasRenderer } from 'echarts/renderers';
import { CHART_MODULES, chartTheme, type ChartOption, type Ink } from '../../../../src/report/charts/index.js';
import { colour, onColoursChange } from '../../lib/theme.js';

use([...CHART_MODULES, CanvasRenderer]);

interface Props {
  readonly option: ChartOption;
  readonly height: number;
  /** What it shows, for those who do not see it. */
  readonly label: string;
  /** The number of the experiment that was clicked, where a point is one. */
  readonly onExperiment?: ((n: number) => void) | undefined;
}

/** Many points are drawn at once rather than one after the other. */
const QUIET = { animation: false };

export function EChart({ option, height, label, onExperiment }: Props): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType | null>(null);
  const current = useRef(option);
  const choose = useRef(onExperiment);
  current.current = option;
  choose.current = onExperiment;
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const draw = (): void => {
      chart.current?.dispose();
      const made = init(element, chartTheme(pageInk()), { renderer: 'canvas' });
      made.setOption(withPlainTooltip(current.current));
      made.on('click', ({ value }) => {
        const n: unknown = Array.isArray(value) ? value.at(-1) : undefined;
        if (typeof n === 'number') choose.current?.(n);
      });
      chart.current = made;
    };
    draw();
    const sizes = new ResizeObserver(() => chart.current?.resize());
    sizes.observe(element);
    const stop = onColoursChange(draw);
    return () => {
      stop();
      sizes.disconnect();
      chart.current?.dispose();
      chart.current = null;
    };
  }, []);
  useEffect(() => {
    chart.current?.setOption(withPlainTooltip(option), { notMerge: true });
  }, [option]);
  return <div ref={box} class="chart" style={{ height: `${height}px` }} role="img" aria-label={label} />;
}

/** A tooltip drawn on the canvas: one of HTML would bring styles of its own, which the page's security policy refuses. */
function withPlainTooltip(option: ChartOption): ChartOption {
  const { tooltip } = option;
  if (typeof tooltip !== 'object' || tooltip === null) return { ...QUIET, ...option };
  return { ...QUIET, ...option, tooltip: { ...tooltip, renderMode: 'richText', confine: true } };
}

function pageInk(): Ink {
  return {
    text: colour('ink'),
    muted: colour('ink-3'),
    line: colour('line-strong'),
    grid: colour('line'),
    background: colour('surface'),
  };
}
