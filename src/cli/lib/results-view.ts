/** What a person reads at the end. */
import { describeObjective, formatMetric, type Objective } from '../../domain/objective.js';
import { describeLoad, metricOf } from '../../domain/measurement.js';
import type { ExperimentResult, ResultsFile } from '../../domain/tune-result.js';
import { describeFailures } from './failures-view.js';
import { describeLeak, formatDuration, oneLine, table } from './format.js';

const MOST_ROWS = 20;

/** The ranking with the objective at every load, what went wrong, the answer, and how to start the winner. */
export function describeResults(file: ResultsFile): string {
  const ranking = rankingTable(file);
  return [
    ...(ranking ? [ranking, ''] : []),
    ...describeFailures(file),
    oneLine(file.answer),
    `${file.total_experiments} experiments, ${file.successful_experiments} succeeded, ${formatDuration(file.elapsed_time)}`,
    ...(file.ran.retry_of ? [`what had not failed is from run ${oneLine(file.ran.retry_of)}`] : []),
    ...file.all_results.flatMap((result) => result.leaks.map((leak) => `LEAKED ${describeLeak(leak)}`)),
    ...(file.best_command ? [`start it: ${oneLine(file.best_command)}`] : []),
  ].join('\n');
}

/** The best first; failures last, with what went wrong. */
function rankingTable({ all_results, ran }: ResultsFile): string {
  const objective = ran.objective as Objective;
  const loads = all_results.find((result) => result.loads.length > 0)?.loads ?? [];
  // The score of what ended early is an estimate.
  const rank = ({ objective_score: score, ended_early: ended }: ExperimentResult): number =>
    ended ? Infinity : (score ?? Infinity);
  const ranked = [...all_results].sort((a, b) => rank(a) - rank(b) || 0);
  if (ranked.length === 0) return '';
  const header = ['', 'combination', describeObjective(objective), ...loads.map(describeLoad)];
  const rows = ranked.slice(0, MOST_ROWS).map((result) => toRow(result, objective));
  const more = ranked.length > MOST_ROWS ? `\n(${ranked.length - MOST_ROWS} more in the results file)` : '';
  return table([header, ...rows]) + more;
}

function whyEnded({ ended_early: ended, max_load: maxLoad }: ExperimentResult): string {
  if (ended) return `ended after ${oneLine(ended.after)}: ${oneLine(ended.reason)}`;
  return oneLine(maxLoad?.probes.find(({ missed }) => missed !== undefined)?.missed ?? '');
}

function toRow(result: ExperimentResult, objective: Objective): string[] {
  const { metric, statistic, direction } = objective;
  const combination = Object.entries(result.parameters).map(([name, value]) => `${name}=${value}`);
  const start = [`[${result.experiment_id}]`, oneLine(combination.join(' '))];
  if (result.objective_score === null || result.ended_early) {
    const why = result.failure ? `${result.failure.code}: ${oneLine(result.failure.message)}` : whyEnded(result);
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
