/** The search: its course, its ranking, its trade-offs, what went wrong. */
import { describeCombination } from '../../../domain/space/combination.js';
import { FAILURES, isFailureCode } from '../../../domain/failures.js';
import { describeObjective, formatScore } from '../../../domain/scoring/objective.js';
import type { ExperimentResult, ResultsFile } from '../../../domain/results/tune-result.js';
import { everyResult, isMeasured, objectivesOf } from '../../charts/points.js';
import type { Chart } from '../../charts/types.js';
import { charts, details, heading, section, table, text } from '../blocks.js';
import type { Block } from '../types.js';
import { whyNot } from '../words.js';

const MOST_RANKED = 15;
/** In the table of all of them; the results file has the rest. */
const MOST_LISTED = 500;
const MOST_EVIDENCE = 20;

export function searchSection(results: ResultsFile, all: readonly Chart[]): Block[] {
  const ranked = rankedOf(results);
  const isCut = ranked.length > MOST_RANKED;
  return section('The search', [
    ...charts(all, ({ id }) => id === 'history' || id === 'objectives'),
    ...frontTable(results),
    ...(ranked.length > 0
      ? [heading(isCut ? `The first ${MOST_RANKED} of ${ranked.length}` : 'Every experiment', 3)]
      : []),
    ...rankingTable(results, ranked.slice(0, MOST_RANKED)),
    ...(isCut
      ? details(
          `All ${ranked.length}${ranked.length > MOST_LISTED ? `: the first ${MOST_LISTED}, the others are in the results file` : ''}`,
          rankingTable(results, ranked.slice(0, MOST_LISTED))
        )
      : []),
  ]);
}

/** What is feasible by its score, then what misses a limit by how little it does, then what failed. */
function rankedOf({ baseline, all_results: searched }: ResultsFile): ExperimentResult[] {
  const violation = (result: ExperimentResult): number =>
    !isMeasured(result) ? Number.MAX_VALUE : result.status === 'success' ? 0 : (result.slo?.violation ?? 1);
  const score = (result: ExperimentResult): number => result.objective_score ?? Number.MAX_VALUE;
  return [...(baseline ? [baseline] : []), ...searched].sort(
    (a, b) => violation(a) - violation(b) || score(a) - score(b) || a.experiment_id - b.experiment_id
  );
}

function rankingTable(results: ResultsFile, ranked: readonly ExperimentResult[]): Block[] {
  const objectives = objectivesOf(results);
  const rows = ranked.map((result) => {
    const scores = isMeasured(result) ? (result.objective_scores ?? [result.objective_score]) : [];
    return [
      String(result.experiment_id),
      result.experiment_id === 0
        ? `baseline: ${describeCombination(result.parameters)}`
        : describeCombination(result.parameters),
      ...objectives.map((objective, i) => {
        const score = scores[i];
        return score === undefined ? '' : formatScore(score, objective, result.relative);
      }),
      result.status === 'success' ? '' : `${result.status}. ${whyNot(result)}`,
    ];
  });
  const numbers = [0, ...objectives.map((_, i) => i + 2)];
  return table(
    'Experiments, the best first',
    ['', 'combination', ...objectives.map(describeObjective), ''],
    rows,
    numbers
  );
}

function frontTable(results: ResultsFile): Block[] {
  const objectives = objectivesOf(results);
  const rows = (results.pareto_front ?? [])
    .slice(0, 50)
    .map((member) => [
      String(member.experiment_id),
      describeCombination(member.parameters),
      ...objectives.map((objective, i) => formatScore(member.objective_scores[i] ?? NaN, objective)),
      member.balanced ? 'balanced' : '',
    ]);
  return table(
    'The Pareto front',
    ['', 'combination', ...objectives.map(describeObjective), ''],
    rows,
    objectives.map((_, i) => i + 2)
  );
}

/** A cause for each code: what it means, the first experiment's evidence, what to do. */
export function failuresSection(results: ResultsFile, all: readonly Chart[]): Block[] {
  const failed = everyResult(results).flatMap((result) =>
    result.failure ? [{ result, failure: result.failure }] : []
  );
  const codes = [...new Set(failed.map(({ failure }) => failure.code))];
  const causes = codes.flatMap((code): Block[] => {
    const own = failed.filter(({ failure }) => failure.code === code);
    const [first] = own;
    if (!first) return [];
    const others = own.slice(1, 31).map(({ result }) => result.experiment_id);
    const { evidence, message, next_step } = first.failure;
    return [
      heading(code, 3),
      ...text(isFailureCode(code) ? FAILURES[code].meaning : ''),
      ...text(`Experiment ${first.result.experiment_id}, ${describeCombination(first.result.parameters)}: ${message}`),
      ...(evidence.length > 0
        ? [{ kind: 'code', language: 'text', text: evidence.slice(-MOST_EVIDENCE).join('\n') } as const]
        : []),
      ...text(
        others.length > 0
          ? `The same happened to ${others.length === 1 ? 'experiment' : 'experiments'} ${others.join(', ')}.`
          : ''
      ),
      ...text(`Next step: ${next_step}`),
    ];
  });
  return section('What went wrong', [...charts(all, ({ id }) => id === 'failures'), ...causes, ...leaks(results)]);
}

function leaks(results: ResultsFile): Block[] {
  const all = everyResult(results).flatMap((result) => result.leaks);
  const rows = all.map(({ kind, name, reason, command }) => [kind, name, reason, command]);
  return rows.length === 0
    ? []
    : [
        heading('What could not be taken down', 3),
        ...table('Leaks', ['kind', 'name', 'why', 'see to it by'], rows, []),
      ];
}
