/** What engines said of themselves, as the cells of a table: the same words in the terminal, the report and the browser. */
import type { EngineMetrics, Span } from './engine-metrics.js';

interface EngineTable {
  /** What at least one of them has said. */
  readonly names: readonly string[];
  /** Empty cells for what an engine does not offer. */
  readonly rows: readonly (readonly string[])[];
}

/** What the cells are. */
export const ENGINE_TABLE_WORDS =
  'Means over the looks while the engine was at work, the highest in brackets. Running and waiting are requests, generated and prompt are tokens per second; what came from the prefix cache is not among the prompt tokens.';

type Column = readonly [name: string, cellOf: (metrics: EngineMetrics) => string];

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
const digits = (value: number): string => (value < 10 ? value.toFixed(1) : value.toFixed(0));
const spanned = (span: Span | undefined, format: (value: number) => string = digits): string => {
  if (!span) return '';
  return span.max === undefined ? format(span.mean) : `${format(span.mean)} (${format(span.max)})`;
};

const COLUMNS: readonly Column[] = [
  ['running', ({ requests_running }) => spanned(requests_running)],
  ['waiting', ({ requests_waiting }) => spanned(requests_waiting)],
  ['KV cache', ({ kv_cache_usage }) => spanned(kv_cache_usage, percent)],
  ['prefix hits', ({ prefix_cache_hit_rate: rate }) => (rate === undefined ? '' : percent(rate))],
  ['generated/s', ({ generation_tokens_per_s }) => spanned(generation_tokens_per_s)],
  ['prompt/s', ({ prompt_tokens_per_s }) => spanned(prompt_tokens_per_s)],
  ['preemptions', ({ preemptions }) => (preemptions === undefined ? '' : String(preemptions))],
  ['looks', ({ samples }) => String(samples)],
];

/** @param all one row each, in their order. Null without any. */
export function engineTable(all: readonly EngineMetrics[]): EngineTable | null {
  const columns = COLUMNS.filter(([, cellOf]) => all.some((metrics) => cellOf(metrics) !== ''));
  if (all.length === 0) return null;
  return {
    names: columns.map(([name]) => name),
    rows: all.map((metrics) => columns.map(([, cellOf]) => cellOf(metrics))),
  };
}
