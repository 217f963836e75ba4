/** What was asked, and when. */
import { formatDuration } from '../../../domain/duration.js';
import type { ResultsFile } from '../../../domain/results/tune-result.js';
import { goalsOf } from '../../../domain/scoring/objective.js';
import { describeQuantity } from '../../../domain/loads/metric.js';
import { describeSlo, type Slo } from '../../../domain/scoring/slo.js';
import { everyResult, objectivesOf } from '../../charts/points.js';
import { listed } from '../../charts/text.js';
import { facts, text } from '../blocks.js';
import type { Block } from '../types.js';

export function summarySection(results: ResultsFile): Block[] {
  const { ran, ended } = results;
  const description = typeof ran.task?.['description'] === 'string' ? ran.task['description'] : '';
  const provenance = everyResult(results).find((result) => result.provenance)?.provenance;
  return [
    ...text(description, 'note'),
    ...facts([
      ['Model', ran.model],
      provenance ? ['Engine', [provenance.engine, provenance.engine_version].filter(Boolean).join(' ')] : null,
      provenance?.hardware ? ['Hardware', provenance.hardware] : null,
      ['Objective', objectiveWords(results)],
      ran.slos?.length ? ['Limits', listed((ran.slos as unknown as Slo[]).map(describeSlo))] : null,
      ['Measured', countWords(results)],
      ['Time', `${formatDuration(results.elapsed_time)}, from ${moment(ran.started_at)} to ${moment(ran.finished_at)}`],
      ended ? ['Ended', ended.words] : null,
    ]),
  ];
}

function objectiveWords(results: ResultsFile): string {
  const { over_loads: over } = results.ran;
  const objectives = objectivesOf(results).map((objective) =>
    goalsOf(objective)
      .map(
        (goal) =>
          `${goal.direction} ${describeQuantity(goal)}${goal.weight === undefined ? '' : ` (weight ${goal.weight})`}`
      )
      .join(' and ')
  );
  const how =
    over === undefined ? '' : over === 'worst' ? ', by the worst load' : ', as a weighted mean over the loads';
  return `${objectives.join('; ')}${objectives.length > 1 ? ' (the first decides what is best)' : ''}${how}`;
}

function countWords({
  total_experiments: total,
  successful_experiments: good,
  baseline,
  finalists,
}: ResultsFile): string {
  const finals = finalists.reduce((sum, { rounds }) => sum + rounds.length, 0);
  const more = [...(baseline ? ['the baseline'] : []), ...(finals > 0 ? [`${finals} measurements in finals`] : [])];
  return `${total} experiments, of which ${good} succeeded${more.length > 0 ? `, and ${listed(more)}` : ''}`;
}

/** `2026-03-01 12:30 UTC`; what is no time as it is. */
function moment(iso: string): string {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(iso) ? `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC` : iso;
}
