/** What a person reads at the end. */
import { describeAmounts } from '../../domain/budget/words.js';
import { formatDuration } from '../../domain/duration.js';
import { describeLoad } from '../../domain/loads/load.js';
import { formatQuantity, quantityOf, spreadOf, type Footprint } from '../../domain/loads/metric.js';
import { describeObjective, formatScore, type Objective } from '../../domain/scoring/objective.js';
import type { ExperimentResult, ResultsFile } from '../../domain/results/tune-result.js';
import { shellQuote } from '../../domain/shell-quote.js';
import { describeEngine } from './engine-view.js';
import { describeFailures } from './failures-view.js';
import { describeLeak, oneLine, table } from './format.js';
import { describeComparison, describeFront, describeMisses, objectivesOf } from './trade-offs-view.js';
import { describeVerdict } from './verdict-view.js';

const MOST_ROWS = 20;

/** The ranking with the objective at every load, what went wrong, the answer, and how to start the winner. */
export function describeResults(file: ResultsFile): string {
  const ranking = rankingTable(file);
  return [
    ...(ranking ? [ranking, ''] : []),
    ...describeEngine(file),
    ...describeFront(file),
    // The finals say the same with an interval.
    ...(file.verdict.compared === null ? describeComparison(file) : []),
    ...describeFailures(file),
    ...describeVerdict(file),
    oneLine(file.answer),
    `${file.total_experiments} experiments, ${file.successful_experiments} succeeded${describeMore(file)}, ${formatDuration(file.elapsed_time)}`,
    ...describeBudget(file),
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

/** Why it ended, unless the answer has said so, and what it has used where that was limited or costs something. */
function describeBudget({ ended, spent, answer }: ResultsFile): string[] {
  const { currency = '', budget, ...amounts } = spent;
  const limit = budget ? `; budget ${describeAmounts(budget, currency)}` : '';
  const isShown = budget !== undefined || amounts.accelerator_hours !== undefined;
  return [
    ...(ended && !answer.includes(ended.words) ? [oneLine(ended.words)] : []),
    ...(isShown ? [`spent ${describeAmounts(amounts, currency)}${limit}`] : []),
  ];
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

/** The best first, then what misses an SLO, the nearest first; failures last, with what went wrong. */
function rankingTable({ all_results: searched, baseline, ran }: ResultsFile): string {
  const all_results = [...(baseline ? [baseline] : []), ...searched];
  const objectives = objectivesOf(ran);
  const [first] = objectives;
  // A single value at each load says more than the score alone; of several, or of a sum, there would be too many.
  const shown = first && objectives.length === 1 && !('weighted' in first) ? first : null;
  const loads = (shown && all_results.find((result) => result.loads.length > 0)?.loads) ?? [];
  // The score of what ended early is an estimate.
  const rank = ({ objective_score: score, ended_early: ended }: ExperimentResult): number =>
    ended ? Infinity : (score ?? Infinity);
  const ranked = [...all_results].sort((a, b) => violationOf(a) - violationOf(b) || rank(a) - rank(b) || 0);
  if (ranked.length === 0) return '';
  const header = ['', 'combination', ...objectives.map(describeObjective), ...loads.map(describeLoad)];
  const price = ran.price_per_accelerator_hour ?? null;
  const rows = ranked.slice(0, MOST_ROWS).map((result) => {
    const { accelerators } = result;
    const footprint = accelerators === undefined ? null : { accelerators, price_per_accelerator_hour: price };
    return toRow(result, objectives, shown && { objective: shown, footprint });
  });
  const more = ranked.length > MOST_ROWS ? `\n(${ranked.length - MOST_ROWS} more in the results file)` : '';
  return table([header, ...rows]) + more;
}

/** What was not measured to its end counts as missing every limit. */
function violationOf({ objective_score: score, slo, ended_early: ended }: ExperimentResult): number {
  return score === null || ended ? Number.MAX_VALUE : (slo?.violation ?? 0);
}

function whyEnded({ ended_early: ended, max_load: maxLoad }: ExperimentResult): string {
  if (ended) return `ended after ${oneLine(ended.after)}: ${oneLine(ended.reason)}`;
  return oneLine(maxLoad?.probes.find(({ missed }) => missed !== undefined)?.missed ?? '');
}

type PerLoad = { readonly objective: Exclude<Objective, { weighted: unknown }>; readonly footprint: Footprint | null };

function toRow(result: ExperimentResult, objectives: readonly Objective[], perLoad: PerLoad | null): string[] {
  const combination = Object.entries(result.parameters).map(([name, value]) => `${name}=${value}`);
  const name = result.experiment_id === 0 ? ['baseline', ...combination].join(' ') : combination.join(' ');
  const start = [`[${result.experiment_id}]`, oneLine(name)];
  if (result.objective_score === null || result.ended_early) {
    const why = result.failure ? `${result.failure.code}: ${oneLine(result.failure.message)}` : whyEnded(result);
    return [...start, [result.status, why].filter(Boolean).join(', ')];
  }
  const scores = result.objective_scores ?? [result.objective_score];
  const misses = describeMisses(result);
  return [
    ...start,
    ...scores.map((score, i) => formatScore(score, objectives[i] as Objective, result.relative)),
    ...(perLoad ? result.loads : []).map((load) => {
      const { objective, footprint } = perLoad as PerLoad;
      const shown = formatQuantity(quantityOf(load, objective, footprint), objective);
      const spread = spreadOf(load, objective);
      const repeated = spread === null ? shown : `${shown} ±${(spread * 100).toFixed(1)} %`;
      const marks = [...(load.saturated ? ['saturated'] : []), ...(load.disturbances ? ['disturbed'] : [])];
      return marks.length > 0 ? `${repeated} (${marks.join(', ')})` : repeated;
    }),
    ...(misses ? [`infeasible: ${oneLine(misses)}`] : []),
  ];
}
