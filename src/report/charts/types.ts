/** What a chart is: a picture and what it says. Plain JSON, so that it can cross any wire; no Node, so that a browser can make it. */

/** An option of ECharts 6 without functions: `JSON.parse(JSON.stringify(option))` is the same option. */
export interface ChartOption {
  readonly [component: string]: unknown;
}

export interface Chart {
  /** Stable: `history`, `importance`, `slice-1`, … The same chart has the same id while a tune goes on. */
  readonly id: string;
  /** What it is about; one of them has one heading on a page. */
  readonly group: 'search' | 'loads' | 'parameters' | 'costs' | 'comparison';
  /** May hold names of the task: text, never markup. */
  readonly title: string;
  /**
   * What the chart shows and how sure that is, in plain sentences. It says as much as the picture says to somebody who cannot see it.
   * May hold names of the task: text, never markup.
   */
  readonly words: string;
  /**
   * Has no colours of text and axes, which are the theme's (`chartTheme`). Where a point is an experiment, the last number of its
   * `value` is the experiment's.
   */
  readonly option: ChartOption;
  /** `small` ones stand beside each other. */
  readonly size: 'wide' | 'small';
  /** Pixels. */
  readonly height: number;
}
