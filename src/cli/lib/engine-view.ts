import type { ExperimentResult, ResultsFile } from '../../domain/results/tune-result.js';
import { describeLoad } from '../../domain/loads/measurement.js';
import { oneLine, table } from './format.js';

type Metrics = NonNullable<ExperimentResult['loads'][number]['engine_metrics']>;
type Column = readonly [name: string, cellOf: (metrics: Metrics) => string | null];

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
const digits = (value: number): string => (value < 10 ? value.toFixed(1) : value.toFixed(0));
const spanned = (
  span: { readonly mean: number; readonly max?: number | undefined } | undefined,
  format: (value: number) => string = digits
): string | null => {
  if (!span) return null;
  return span.max === undefined ? format(span.mean) : `${format(span.mean)} (${format(span.max)})`;
};

const COLUMNS: readonly Column[] = [
  ['running', ({ requests_running }) => spanned(requests_running)],
  ['waiting', ({ requests_waiting }) => spanned(requests_waiting)],
  ['KV cache', ({ kv_cache_usage }) => spanned(kv_cache_usage, percent)],
  ['prefix hits', ({ prefix_cache_hit_rate: rate }) => (rate === undefined ? null : percent(rate))],
  ['generated/s', ({ generation_tokens_per_s }) => spanned(generation_tokens_per_s)],
  ['prompt/s', ({ prompt_tokens_per_s }) => spanned(prompt_tokens_per_s)],
  ['preemptions', ({ preemptions }) => (preemptions === undefined ? null : String(preemptions))],
];

/** What the engine said of itself, for the baseline and the best: means, and the highest in brackets. Nothing where it said nothing. */
export function describeEngine({ baseline, best_result: best, nearest_result: nearest }: ResultsFile): string[] {
  const shown = [baseline, best ?? nearest].filter((result) => result != null);
  const rows = shown.flatMap((result) =>
    result.loads.flatMap((load) => (load.engine_metrics ? [{ result, load, metrics: load.engine_metrics }] : []))
  );
  if (rows.length === 0) return [];
  const columns = COLUMNS.filter(([, cellOf]) => rows.some(({ metrics }) => cellOf(metrics) !== null));
  const header = ['', "the engine's own numbers", ...columns.map(([name]) => name)];
  const body = rows.map(({ result, load, metrics }) => [
    `[${result.experiment_id}]`,
    oneLine(describeLoad(load)),
    ...columns.map(([, cellOf]) => cellOf(metrics) ?? ''),
  ]);
  return [table([header, ...body]), ''];
}
