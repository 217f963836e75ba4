import { describe, expect, it } from '@jest/globals';
import { tunedResults } from '../../test/support/tuned.js';
import { chartsOf, INKS } from './charts/index.js';
import { renderSvg } from './render-svg.js';

describe('charts as SVG', () => {
  const charts = chartsOf(tunedResults());

  it.each(charts.map((chart) => [chart.id, chart] as const))('%s needs no style, script or file', (_, chart) => {
    const svg = renderSvg(chart, INKS.dark);
    expect(svg).toMatch(/^<svg [^>]*viewBox="0 0 \d+ \d+"/);
    expect(svg).not.toMatch(
      /<(?:style|script|foreignObject|image|use|a)[\s>]|\s(?:style|class|on\w+|href|xlink:href)=/
    );
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('take the colours of the page', () => {
    const ink = { text: 'var(--t)', muted: 'var(--m)', line: 'var(--l)', grid: 'var(--g)', background: 'var(--b)' };
    const svg = renderSvg(charts.find(({ id }) => id === 'history') as (typeof charts)[number], ink);
    expect(svg).toContain('fill="var(--m)"');
    expect(svg).toContain('stroke="var(--g)"');
  });
});
