/** A report as Markdown. */
import type { Chart } from '../charts/types.js';
import type { Block, Report, Table } from '../document/types.js';
import { escapeMarkdown as escape, fenced } from './escape.js';

interface MarkdownOptions {
  /** Where the picture of a chart is, relative to the file; null: without pictures, their words stay. */
  readonly pictureOf: (chart: Chart) => string | null;
}

/** The same content as the HTML. */
export function renderMarkdown({ title, lead, blocks }: Report, options: MarkdownOptions): string {
  const parts = [`# ${escape(title)}`, `> ${escape(lead)}`, ...blocks.map((block) => markdownOf(block, options))];
  return `${parts.filter(Boolean).join('\n\n')}\n`;
}

function markdownOf(block: Block, options: MarkdownOptions): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${escape(block.text)}`;
    case 'text':
      return block.tone === 'strong' ? `**${escape(block.text)}**` : escape(block.text);
    case 'facts':
      return block.items.map(([term, text]) => `- **${escape(term)}**: ${escape(text)}`).join('\n');
    case 'table':
      return tableOf(block);
    case 'code':
      return fenced(block.text, block.language);
    case 'launch': {
      const { title, words, text, language } = block.launch;
      return [`#### ${escape(title)}`, escape(words), fenced(text, language)].join('\n\n');
    }
    case 'chart': {
      const { chart } = block;
      const picture = options.pictureOf(chart);
      const image = picture === null ? [] : [`![${escape(chart.title)}](${picture})`];
      return [`### ${escape(chart.title)}`, escape(chart.words), ...image].join('\n\n');
    }
    case 'details':
      return [`### ${escape(block.summary)}`, ...block.blocks.map((inner) => markdownOf(inner, options))].join('\n\n');
  }
}

function tableOf({ caption, head, rows, numbers }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, i) => (numbers.includes(i) ? '---:' : '---'));
  return [
    `${escape(caption)}:`,
    '',
    line(head.map(escape)),
    line(rule),
    ...rows.map((row) => line(row.map(escape))),
  ].join('\n');
}
