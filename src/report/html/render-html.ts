/** A report as one HTML file, which needs nothing besides. */
import type { Chart } from '../charts/types.js';
import type { Block, Report, Table } from '../document/types.js';
import { renderSvg } from '../render-svg.js';
import { escapeHtml } from './escape.js';
import { PAGE_INK, REPORT_CSP, STYLE } from './style.js';

/** Pictures are in it as SVG, light and dark with the reader's system. No scripts, no links, nothing loaded. */
export function renderHtml({ title, lead, blocks }: Report): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${escapeHtml(REPORT_CSP)}">`,
    '<meta name="viewport" content="width=device-width,initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${escapeHtml(title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    '<main>',
    `<h1>${escapeHtml(title)}</h1>`,
    `<p class="lead">${escapeHtml(lead)}</p>`,
    ...blocksOf(blocks),
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** Small charts that follow each other stand side by side. */
function blocksOf(blocks: readonly Block[]): string[] {
  const lines: string[] = [];
  let isOpen = false;
  for (const block of blocks) {
    const isSmall = block.kind === 'chart' && block.chart.size === 'small';
    if (isSmall !== isOpen) lines.push(isSmall ? '<div class="pair">' : '</div>');
    isOpen = isSmall;
    lines.push(htmlOf(block));
  }
  return isOpen ? [...lines, '</div>'] : lines;
}

function htmlOf(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level}>${escapeHtml(block.text)}</h${block.level}>`;
    case 'text':
      return `<p${block.tone && block.tone !== 'plain' ? ` class="${block.tone}"` : ''}>${escapeHtml(block.text)}</p>`;
    case 'facts':
      return `<dl>${block.items.map(([term, text]) => `<dt>${escapeHtml(term)}</dt><dd>${escapeHtml(text)}</dd>`).join('')}</dl>`;
    case 'table':
      return tableOf(block);
    case 'code':
      return codeOf(block.text);
    case 'launch': {
      const { title, words, text } = block.launch;
      const open = block.isOpen ? ' open' : '';
      const summary = `<summary>${escapeHtml(title)}</summary>`;
      return `<details${open}>${summary}\n<p class="note">${escapeHtml(words)}</p>\n${codeOf(text)}</details>`;
    }
    case 'chart':
      return figureOf(block.chart);
    case 'details':
      return `<details><summary>${escapeHtml(block.summary)}</summary>\n${blocksOf(block.blocks).join('\n')}\n</details>`;
  }
}

function tableOf({ caption, head, rows, numbers }: Table): string {
  const mark = (i: number): string => (numbers.includes(i) ? ' class="number"' : '');
  const cells = (row: readonly string[]): string =>
    row.map((cell, i) => `<td${mark(i)}>${escapeHtml(cell)}</td>`).join('');
  return [
    `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(caption)}"><table><caption>${escapeHtml(caption)}</caption>`,
    `<thead><tr>${head.map((cell, i) => `<th scope="col"${mark(i)}>${escapeHtml(cell)}</th>`).join('')}</tr></thead>`,
    `<tbody>${rows.map((row) => `<tr>${cells(row)}</tr>`).join('\n')}</tbody></table></div>`,
  ].join('\n');
}

function codeOf(text: string): string {
  return `<pre tabindex="0"><code>${escapeHtml(text, true)}</code></pre>`;
}

/** The words stand below the picture, so that the picture itself needs no other ones. */
function figureOf(chart: Chart): string {
  const svg = renderSvg(chart, PAGE_INK).replace('<svg ', `<svg role="img" aria-label="${escapeHtml(chart.title)}" `);
  return `<figure><figcaption><h3>${escapeHtml(chart.title)}</h3><p>${escapeHtml(chart.words)}</p></figcaption>\n${svg}</figure>`;
}
