/** Colours. Those of the data are told apart on white and on black, and by people who see no red or no green; shapes differ besides. */
import type { ChartOption } from './types.js';

export const COLORS = {
  feasible: '#3b82c4',
  best: '#d97706',
  baseline: '#8b5cc7',
  infeasible: '#8b939e',
  failed: '#d14b4b',
  front: '#2a9d6f',
} as const;

/** For series that have no meaning of their own, such as loads and phases. */
export const PALETTE = [
  '#3b82c4',
  '#d97706',
  '#2a9d6f',
  '#8b5cc7',
  '#d14b4b',
  '#1f9aa8',
  '#b5892b',
  '#c45f9c',
] as const;

/** Marks that differ in shape as well as in colour. ECharts' own, and a star. */
export const SYMBOLS = {
  experiment: 'circle',
  baseline: 'diamond',
  best: 'path://M50 5 L61 38 L96 38 L68 59 L79 93 L50 72 L21 93 L32 59 L4 38 L39 38 Z',
  infeasible: 'circle',
  final: 'diamond',
} as const;

/** A mark's style: hollow ones are what counts less, or was measured again; nothing is filled with the colour of a page that may be dark. */
export function markStyle(color: string, isHollow = false): ChartOption {
  return isHollow ? { color: 'transparent', borderColor: color, borderWidth: 1.5 } : { color };
}

/** The colours around the data; each any colour of CSS that ECharts reads. */
export interface Ink {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly grid: string;
  readonly background: string;
}

export const INKS = {
  light: { text: '#1c2128', muted: '#57606a', line: '#8c959f', grid: '#e3e6ea', background: '#ffffff' },
  dark: { text: '#e6e9ed', muted: '#a0a9b4', line: '#6b7480', grid: '#2c333b', background: '#15191e' },
} as const satisfies Record<string, Ink>;

/** A theme for `echarts.init(element, theme)`. */
export function chartTheme({ text, muted, line, grid, background }: Ink): ChartOption {
  const axis = {
    axisLine: { lineStyle: { color: line } },
    axisTick: { lineStyle: { color: line } },
    axisLabel: { color: muted },
    nameTextStyle: { color: muted },
    splitLine: { lineStyle: { color: grid } },
  };
  return {
    color: [...PALETTE],
    backgroundColor: 'transparent',
    textStyle: { color: text },
    legend: {
      textStyle: { color: text },
      inactiveColor: grid,
      pageTextStyle: { color: text },
      pageIconColor: muted,
      pageIconInactiveColor: grid,
    },
    tooltip: { backgroundColor: background, borderColor: line, textStyle: { color: text } },
    visualMap: { textStyle: { color: muted } },
    categoryAxis: axis,
    valueAxis: axis,
    logAxis: axis,
    parallel: {
      parallelAxisDefault: {
        axisLine: { lineStyle: { color: line } },
        axisTick: { lineStyle: { color: line } },
        axisLabel: { color: muted },
        nameTextStyle: { color: text },
      },
    },
  };
}
