/** What a person reads at the end. */
import { describeObjective, formatMetric, type Objective } from '../../domain/objective.js';
import { describeLoad, metricOf } from '../../domain/measurement.js';
import type { ExperimentResult, ResultsFile } from '../../domain/tune-result.js';
import { shellQuote } from '../../domain/shell-quote.js';
import { describeFailures } from './failures-view.js';
import { describeLeak, formatDuration, oneLine, table } from './format.js';
import { describeVerdict } from './verdict-view.js';

const MOST_ROWS = 20;

/** The ranking with the objective at every load, what went wrong, the answer, and how to start the winner. */
export function describeResults(file: ResultsFile): string {
  const ranking = rankingTable(file);
  return [
    ...(ranking ? [ranking, ''] : []),
    ...describeFailures(file),
    ...describeVerdict(file),
    oneLine(file.answer),
    `${file.total_experiments} experiments, ${file.successful_experiments} succeeded${describeMore(file)}, ${formatDuration(file.elapsed_time)}`,
    ...(file.ran.retry_of ? [`what had not failed is from run ${oneLine(file.ran.retry_of)}`] : []),
    ...everyResult(file).flatMap((result) => result.leaks.map((leak) => `LEAKED ${describeLeak(leak)}`)),
    ...describeCommands(file),
  ].join('\n');
}

/** All that was deployed. */
function everyResult({ baseline, all_results, finalists }: ResultsFile): ExperimentResult[] {
  return [...(baseline ? [baseline] : []), ...all_results, ...finalists.flatMap(({ rounds }) => rounds)];
}

function describeMore(file: ResultsFile): string {
  const finals = file.finalists.reduce((sum, { rounds }) => sum + rounds.length, 0);
  const parts = [
    ...(file.baseline ? ['the baseline'] : []),
    ...(finals > 0 ? [`${finals} measurements in finals`] : []),
  ];
  return parts.length > 0 ? `, and ${parts.join(' and ')}` : '';
}

/** Where no gain is significant the baseline is what to start. */
function describeCommands({ verdict, baseline, best_command }: ResultsFile): string[] {
  const own = baseline?.provenance?.command;
  const keep = verdict.kind === 'no_gain' && own ? [`keep: ${oneLine(shellQuote(own))}`] : [];
  return [
    ...keep,
    ...(best_command ? [`start ${keep.length > 0 ? 'the best of the search' : 'it'}: ${oneLine(best_command)}`] : []),
  ];
}

/** The best first; failures last, with what went wrong. */
function rankingTable({ all_results: searched, baseline, ran }: ResultsFile): string {
  const all_results = [...(baseline ? [baseline] : []), ...searched];
  const objective = ran.objective as Objective;
  const loads = all_results.find((result) => result.loads.length > 0)?.loads ?? [];
  const ranked = [...all_results].sort((a, b) => (a.objective_score ?? Infinity) - (b.objective_score ?? Infinity));
  if (ranked.length === 0) return '';
  const header = ['', 'combination', describeObjective(objective), ...loads.map(describeLoad)];
  const rows = ranked.slice(0, MOST_ROWS).map((result) => toRow(result, objective));
  const more = ranked.length > MOST_ROWS ? `\n(${ranked.length - MOST_ROWS} more in the results file)` : '';
  return table([header, ...rows]) + more;
}

function toRow(result: ExperimentResult, objective: Objective): string[] {
  const { metric, statistic, direction } = objective;
  const combination = Object.entries(result.parameters).map(([name, value]) => `${name}=${value}`);
  const name = result.experiment_id === 0 ? ['baseline', ...combination].join(' ') : combination.join(' ');
  const start = [`[${result.experiment_id}]`, oneLine(name)];
  if (result.objective_score === null) {
    const why = result.failure ? `${result.failure.code}: ${oneLine(result.failure.message)}` : '';
    return [...start, [result.status, why].filter(Boolean).join(', ')];
  }
  const score = direction === 'maximize' ? -result.objective_score : result.objective_score;
  return [
    ...start,
    formatMetric(score, metric),
    ...result.loads.map((load) => {
      const shown = formatMetric(metricOf(load, metric, statistic), metric);
      return load.disturbances ? `${shown} (disturbed)` : shown;
    }),
  ];
}
