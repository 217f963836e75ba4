/** What the measurements of an experiment are worth: its scores, and whether it holds the limits. */
import type { Combination } from '../space/combination.js';
import type { ExperimentOutcome } from '../tuning/experiment.js';
import { footprintOf } from '../space/footprint.js';
import type { Conclusion } from '../loads/load-step.js';
import { loadsOf } from '../loads/load.js';
import { scoringOf } from './objective.js';
import { referenceOf, scoresOf, type Measured, type ScoreReference } from './score.js';
import { checkSlos, slosOf } from './slo.js';
import type { TuningTask } from '../task/task.schema.js';

type Assessment = Pick<ExperimentOutcome, 'score' | 'scores' | 'relative' | 'logarithmic' | 'slo' | 'accelerators'> & {
  readonly status: 'succeeded' | 'infeasible';
};

/**
 * Scores what was measured, and holds it against the task's SLOs. What misses one is infeasible and keeps its scores: strategies learn
 * from them, and the nearest miss is shown where nothing is feasible. So is what ended early, with an estimate for a score where there
 * is one, and a search that found no load at which the SLOs hold.
 * @param reference from `scoreReference`; the same for all experiments of a tune. The baseline is told by itself.
 * @throws ExpressionError when `cost.accelerators` has no answer for the combination.
 */
export function assess(
  task: TuningTask,
  combination: Combination,
  { measurements, endedEarly, maxLoad }: Conclusion,
  reference?: ScoreReference | 'itself'
): Assessment {
  const footprint = footprintOf(task, combination);
  const measured = { measurements, footprint };
  const scoring = scoringOf(task);
  const told = reference === 'itself' ? referenceOf(measured, scoring, loadsOf(task.benchmark).length) : reference;
  const scores = measurements.length > 0 ? scoresOf(measured, scoring, told) : [];
  const slos = slosOf(task);
  const slo = slos.length > 0 ? checkSlos(measured, slos) : null;
  const isFeasible = !endedEarly && maxLoad?.concurrency !== null && !(slo && slo.violation > 0);
  // Where not even the lowest load holds, what was measured is no load that could be served.
  const own = maxLoad?.concurrency === null ? 0 : scores[0];
  const score = (endedEarly ? endedEarly.score : own) ?? null;
  return {
    status: isFeasible ? 'succeeded' : 'infeasible',
    score,
    scores: score === null ? scores : [score, ...scores.slice(1)],
    ...(told ? { relative: true } : {}),
    ...(scoring.objectives.slice(0, 1).some((objective) => 'weighted' in objective) ? { logarithmic: true } : {}),
    ...(slo ? { slo } : {}),
    ...(footprint ? { accelerators: footprint.accelerators } : {}),
  };
}

/** What the worst load is told by, from the baseline's outcome; undefined where the task asks for none, or the baseline failed. */
export function scoreReference(
  task: TuningTask,
  baseline: ExperimentOutcome | null | undefined
): ScoreReference | undefined {
  if (!baseline) return undefined;
  return referenceOf(measuredOf(task, baseline), scoringOf(task), loadsOf(task.benchmark).length);
}

/** The measurements of an outcome with what its combination occupied. */
export function measuredOf(
  { cost }: Pick<TuningTask, 'cost'>,
  { measurements, accelerators }: Pick<ExperimentOutcome, 'measurements' | 'accelerators'>
): Measured {
  if (!cost || accelerators === undefined) return { measurements, footprint: null };
  const { price_per_accelerator_hour = null } = cost;
  return { measurements, footprint: { accelerators, price_per_accelerator_hour } };
}
