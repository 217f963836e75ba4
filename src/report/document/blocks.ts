/** Makers of blocks. */
import type { Chart } from '../charts/types.js';
import type { Block, Fact, Table } from './types.js';

export function heading(text: string, level: 2 | 3 = 2): Block {
  return { kind: 'heading', level, text };
}

/** Nothing where there is nothing to say. */
export function text(words: string, tone: 'plain' | 'strong' | 'note' = 'plain'): Block[] {
  return words ? [{ kind: 'text', text: words, tone }] : [];
}

export function facts(items: readonly (Fact | null)[]): Block[] {
  const own = items.filter((item) => item !== null && item[1] !== '') as Fact[];
  return own.length > 0 ? [{ kind: 'facts', items: own }] : [];
}

/** Nothing without rows. */
export function table(
  caption: string,
  head: readonly string[],
  rows: Table['rows'],
  numbers: readonly number[]
): Block[] {
  return rows.length > 0 ? [{ kind: 'table', caption, head, rows, numbers }] : [];
}

export function charts(all: readonly Chart[], isWanted: (chart: Chart) => boolean): Block[] {
  return all.filter(isWanted).map((chart) => ({ kind: 'chart', chart }));
}

/** The heading alone would be a promise. */
export function section(title: string, blocks: readonly Block[], level: 2 | 3 = 2): Block[] {
  return blocks.length > 0 ? [heading(title, level), ...blocks] : [];
}

export function details(summary: string, blocks: readonly Block[]): Block[] {
  return blocks.length > 0 ? [{ kind: 'details', summary, blocks }] : [];
}
