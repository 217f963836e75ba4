/** What to run: its parameters, why this one, what it costs, and how. */
import type { ExperimentResult, ResultsFile } from '../../../domain/results/tune-result.js';
import { describeScores, type Scoring } from '../../../domain/scoring/objective.js';
import { describeMisses } from '../words.js';
import { objectivesOf } from '../../charts/points.js';
import { sentences } from '../../charts/text.js';
import { launchesOf, recommendedOf } from '../../launch/index.js';
import { heading, section, table, text } from '../blocks.js';
import { costWords } from '../costs.js';
import type { Block } from '../types.js';

export function recommendedSection(results: ResultsFile): Block[] {
  const recommended = recommendedOf(results);
  if (!recommended) return nearestSection(results);
  const { result, role, why } = recommended;
  const launches = launchesOf(results, result);
  return section(`What to run: ${role}`, [
    ...text(
      sentences(
        `${result.experiment_id === 0 ? 'The baseline' : `Experiment ${result.experiment_id}`}: ${scoreWords(results, result)}.`,
        why
      )
    ),
    ...differenceTable(results, result),
    ...text(costWords(results, result)),
    ...(launches.length > 0 ? [heading('How to run it', 3)] : []),
    ...launches.map((launch, i): Block => ({ kind: 'launch', launch, isOpen: i === 0 })),
  ]);
}

/** Parameters beside those of the baseline. */
function differenceTable({ baseline }: ResultsFile, { experiment_id: id, parameters }: ExperimentResult): Block[] {
  const before = baseline?.parameters ?? {};
  const names = [...new Set([...Object.keys(parameters), ...Object.keys(before)])];
  const show = (values: ExperimentResult['parameters'], name: string): string =>
    Object.hasOwn(values, name) ? String(values[name]) : "the engine's default";
  if (id === 0 || !baseline) {
    const rows = Object.entries(parameters).map(([name, value]) => [name, String(value)]);
    return rows.length > 0
      ? table('Parameters', ['parameter', 'value'], rows, [])
      : text("It has the engine's own defaults.");
  }
  const rows = names.map((name) => {
    const [now, was] = [show(parameters, name), show(before, name)];
    return [name, was, now, now === was ? 'the same' : 'changed'];
  });
  return table('Parameters beside the baseline', ['parameter', 'baseline', `experiment ${id}`, ''], rows, []);
}

function nearestSection(results: ResultsFile): Block[] {
  const { nearest_result: nearest } = results;
  if (!nearest) return [];
  const rows = Object.entries(nearest.parameters).map(([name, value]) => [name, String(value)]);
  return section('Nothing is feasible: what came nearest', [
    ...text(
      sentences(`Experiment ${nearest.experiment_id} misses the limits by the least.`, `${describeMisses(nearest)}.`)
    ),
    ...table('Parameters', ['parameter', 'value'], rows, []),
  ]);
}

function scoreWords(
  results: ResultsFile,
  { objective_score: score, objective_scores: scores, relative }: ExperimentResult
): string {
  const scoring = { objectives: objectivesOf(results), over_loads: 'mean', load_weights: [] } as Scoring;
  return describeScores({ score, scores, relative }, scoring);
}
