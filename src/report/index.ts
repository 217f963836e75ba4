/** The report of a tune: one document, two forms; and how to run what it recommends. */
import type { ResultsFile } from '../domain/results/tune-result.js';
import { INKS } from './charts/theme.js';
import type { Block } from './document/types.js';
import { reportOf } from './document/report-of.js';
import { renderHtml } from './html/render-html.js';
import { renderMarkdown } from './markdown/render-markdown.js';
import { renderSvg } from './render-svg.js';
import type { Chart } from './charts/types.js';

export { REPORT_CSP } from './html/style.js';
export { experimentOf, LAUNCH_KINDS, launchesOf, recommendedOf, type Launch, type LaunchKind } from './launch/index.js';

/** One file that works offline. Whoever serves it must send `REPORT_CSP`, or a policy that allows its style sheet. */
export function htmlReport(results: ResultsFile): string {
  return renderHtml(reportOf(results));
}

/** The same content without pictures, for where a single file is wanted. */
export function markdownReport(results: ResultsFile): string {
  return renderMarkdown(reportOf(results), { pictureOf: () => null });
}

/**
 * The same content with its pictures as files of their own.
 * @param folder where the pictures will be, relative to the Markdown: letters, digits, `.`, `_` and `-` only.
 */
export function markdownWithPictures(
  results: ResultsFile,
  folder: string
): { readonly markdown: string; readonly pictures: readonly { readonly name: string; readonly svg: string }[] } {
  const report = reportOf(results);
  const pictures = chartsIn(report.blocks).map((chart) => ({ name: `${chart.id}.svg`, svg: pictureOf(chart) }));
  return { markdown: renderMarkdown(report, { pictureOf: ({ id }) => `${folder}/${id}.svg` }), pictures };
}

function chartsIn(blocks: readonly Block[]): Chart[] {
  return blocks.flatMap((block) =>
    block.kind === 'chart' ? [block.chart] : block.kind === 'details' ? chartsIn(block.blocks) : []
  );
}

/** On white, whatever is around it. */
function pictureOf(chart: Chart): string {
  const svg = renderSvg(chart, INKS.light).replace(/fill="none"/, `fill="${INKS.light.background}"`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${svg}\n`;
}
