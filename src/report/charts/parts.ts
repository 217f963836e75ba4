/** Pieces of ECharts options that the charts share. */
import type { ChartOption } from './types.js';

/**
 * What every chart has. No animation: a live chart must not move more than its data. The tooltip is drawn by ECharts and is no HTML: names
 * in it are hostile, and inline styles would need a weaker content security policy.
 */
export function base(more: ChartOption): ChartOption {
  return {
    animation: false,
    tooltip: { trigger: 'item', renderMode: 'richText', confine: true },
    ...more,
  };
}

/** What every chart with two axes has. */
export function gridBase(more: ChartOption): ChartOption {
  return base({
    grid: { left: 12, right: 24, top: 62, bottom: 40, outerBoundsMode: 'same', outerBoundsContain: 'axisLabel' },
    ...more,
  });
}

export function legend(): ChartOption {
  return { type: 'scroll', top: 4, left: 8, right: 8, itemGap: 16 };
}

/** An axis of values with its name in the middle, which leaves zero out where the data are far from it. */
export function valueAxis(name: string, more: ChartOption = {}): ChartOption {
  return { type: 'value', name, nameLocation: 'middle', nameGap: 30, scale: true, ...more };
}

/** The vertical axis, named at its top, where a long name is not cut off. */
export function upAxis(name: string, more: ChartOption = {}): ChartOption {
  return {
    type: 'value',
    name,
    nameLocation: 'end',
    nameGap: 10,
    nameTextStyle: { align: 'left' },
    scale: true,
    ...more,
  };
}

export type Span = readonly [from: readonly (number | string)[], to: readonly (number | string)[]];

/** Bars from one point to another, with caps: one line that is broken after each, since that needs no function. */
export function spans(name: string, color: string, of: readonly Span[], cap: readonly [number, number]): ChartOption {
  return {
    type: 'line',
    name,
    silent: true,
    symbol: 'rect',
    symbolSize: [...cap],
    showAllSymbol: true,
    connectNulls: false,
    lineStyle: { color, width: 1, opacity: 0.7 },
    itemStyle: { color, opacity: 0.7 },
    data: of.flatMap(([from, to]) => [[...from], [...to], ['-', '-']]),
    z: 1,
  };
}

/** The line of a limit, named at its end. */
export function limitLine(
  label: string,
  at: { readonly xAxis: number } | { readonly yAxis: number },
  color: string
): ChartOption {
  return {
    silent: true,
    symbol: 'none',
    lineStyle: { color, type: 'dashed', width: 1.5 },
    label: { formatter: label.replaceAll(/[{}]/g, ' '), position: 'insideEndTop', color },
    data: [{ ...at }],
  };
}
