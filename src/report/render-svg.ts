/** Charts as SVG, without a browser. */
import { init, setPlatformAPI, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { CHART_MODULES } from './charts/modules.js';
import { chartTheme, type Ink } from './charts/theme.js';
import type { Chart } from './charts/types.js';

use([...CHART_MODULES, SVGRenderer]);

/** Pixels; the SVG scales with its place. */
export const CHART_WIDTH = { wide: 880, small: 430 } as const;

/** There are no fonts here to measure with. A little too wide is a gap; a little too narrow would be text over text. */
const WIDTH_OF_A_LETTER = 0.62;
setPlatformAPI({
  measureText: (text, font) => {
    const size = Number(/([\d.]+)px/.exec(font ?? '')?.[1] ?? 12);
    const letters = [...text].reduce(
      (sum, letter) => sum + ((letter.codePointAt(0) ?? 0) > 0x2e7f ? 1 : WIDTH_OF_A_LETTER),
      0
    );
    return { width: letters * size };
  },
});

/**
 * One SVG element: no scripts, no style sheets, no style attributes, nothing from elsewhere, so that every content security policy lets it
 * be drawn. It scales to the width of its place.
 */
export function renderSvg({ id, option, size, height }: Chart, ink: Ink): string {
  const chart = init(null, chartTheme(ink), { renderer: 'svg', ssr: true, width: CHART_WIDTH[size], height });
  try {
    // All of it: nobody can turn its pages.
    const legend = option['legend'] ? { legend: { ...option['legend'], type: 'plain' } } : {};
    chart.setOption({ ...option, ...legend, tooltip: { show: false } });
    return asAttributes(chart.renderToSVGString({ useViewBox: true }), id);
  } finally {
    chart.dispose();
  }
}

/** What ECharts styles its texts with; SVG has an attribute of the same name for each. */
const STYLES = new Set(['font-size', 'font-family', 'font-weight', 'font-style', 'paint-order', 'white-space']);

/** Without the classes, which only a mouse needs, and with `style="font-size:12px"` as `font-size="12px"`. Within a tag: in the text of an SVG `<` and `>` are escaped. */
function asAttributes(svg: string, id: string): string {
  return svg.replace(/<style[^>]*>[\s\S]*?<\/style>/g, '').replace(/<[^<>]*>/g, (tag) =>
    tag
      // ECharts counts all that it has ever drawn; the same report is to be the same file.
      .replace(/\bzr\d+-(?=[cgp]\d)/g, `${id}-`)
      .replace(/ class="zr\d+-cls-\d+"| pointer-events="visible"| ecmeta_\w+="\w*"/g, '')
      .replace(/ style="([^"]*)"/g, (_, declarations: string) =>
        declarations
          .split(';')
          .map((declaration) => /^([a-z-]+):(.*)$/.exec(declaration.trim()))
          .map((found) => (found?.[1] && STYLES.has(found[1]) ? ` ${found[1]}="${found[2]}"` : ''))
          .join('')
      )
  );
}
