/** The results of a tune as a table, for spreadsheets. */
import { METRICS } from '../loads/metric.js';
import type { ExperimentResult, ResultsFile } from './tune-result.js';

type Cell = string | number | boolean;
type Column = readonly [name: string, valueOf: (result: ExperimentResult) => Cell | undefined];

/** One row per experiment, as RFC 4180 says. Columns that no experiment has a value for are left out, but for the prototype's metrics. */
export function resultsCsv(file: ResultsFile): string {
  const results = file.all_results;
  const parameters = [...new Set(results.flatMap((result) => Object.keys(result.parameters)))];
  const front = new Set(file.pareto_front?.map((member) => member.experiment_id));
  const further = Math.max(0, ...results.map((result) => (result.objective_scores?.length ?? 1) - 1));
  const columns: Column[] = [
    ['experiment_id', (result) => result.experiment_id],
    ...parameters.map((name): Column => [name, (result) => result.parameters[name]]),
    ['status', (result) => result.status],
    ['objective_score', (result) => result.objective_score ?? undefined],
    ...Array.from({ length: further }, (_, i): Column => [
      `objective_score_${i + 2}`,
      (result) => result.objective_scores?.[i + 1],
    ]),
    ...METRICS.map((metric): Column => [metric, (result) => result.metrics?.[metric]]),
    ['failure', (result) => result.failure?.code],
    ['accelerators', (result) => result.accelerators],
    ['slo_violation', (result) => result.slo?.violation],
    ['pareto_front', (result) => (front.size > 0 ? front.has(result.experiment_id) : undefined)],
  ];
  const used = columns.filter(
    ([name, valueOf]) => !OPTIONAL.has(name) || results.some((result) => valueOf(result) !== undefined)
  );
  const rows = results.map((result) => used.map(([, valueOf]) => valueOf(result) ?? ''));
  return [used.map(([name]) => name), ...rows].map((row) => row.map(csvCell).join(',')).join('\n') + '\n';
}

const OPTIONAL = new Set<string>([
  'goodput',
  'goodput_share',
  'cost_per_million_output_tokens',
  'cost_per_million_total_tokens',
  'accelerators',
  'slo_violation',
  'pareto_front',
]);

/** A leading `=`, `+`, `-` or `@` in a text is made harmless for spreadsheets, which would run it as a formula. */
function csvCell(value: Cell): string {
  if (typeof value !== 'string') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
