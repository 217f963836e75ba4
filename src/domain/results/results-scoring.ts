/** What the results file says of objectives, limits and trade-offs. */
import { measuredOf } from '../scoring/assess.js';
import { compareLoads, type LoadComparison } from '../scoring/compare-loads.js';
import type { ExperimentOutcome } from '../tuning/experiment.js';
import { scoringOf } from '../scoring/objective.js';
import { balancedOf, compareScores, paretoFront } from '../scoring/pareto.js';
import { slosOf } from '../scoring/slo.js';
import type { TuningTask } from '../task/task.schema.js';
import type { ResultsFile } from './tune-result.js';

/** What the results file says of the scoring: nothing new where the task has the prototype's. */
export function scoringResult(task: TuningTask): object {
  const { objectives, over_loads, load_weights } = scoringOf(task);
  const slos = slosOf(task);
  const price = task.cost?.price_per_accelerator_hour;
  return {
    objective: objectives[0],
    ...(objectives.length > 1 ? { objectives } : {}),
    ...(over_loads === 'mean' ? {} : { over_loads }),
    ...(load_weights.length > 0 ? { load_weights } : {}),
    ...(slos.length > 0 ? { slos } : {}),
    ...(price === undefined ? {} : { price_per_accelerator_hour: price }),
  };
}

/** The whole front, the best by the first objective first; empty with one objective. */
export function frontOf(outcomes: readonly ExperimentOutcome[]): NonNullable<ResultsFile['pareto_front']> {
  const candidates = outcomes.flatMap(({ experimentId, combination, status, scores = [] }) =>
    status === 'succeeded' && scores.length > 1 && scores.every(Number.isFinite)
      ? [{ experiment_id: experimentId, parameters: { ...combination }, objective_scores: [...scores] }]
      : []
  );
  const front = paretoFront(candidates, (item) => item.objective_scores);
  front.sort((a, b) => compareScores(a.objective_scores, b.objective_scores) || a.experiment_id - b.experiment_id);
  const balanced = balancedOf(front, (item) => item.objective_scores);
  return front.map((item) => ({ ...item, balanced: item === balanced }));
}

/** Null where there is no baseline to compare with. */
export function comparisonOf(
  task: TuningTask,
  best: ExperimentOutcome,
  baseline: ExperimentOutcome | undefined
): LoadComparison[] | null {
  if (!baseline || baseline.measurements.length === 0) return null;
  return compareLoads(measuredOf(task, best), measuredOf(task, baseline), scoringOf(task).objectives);
}
