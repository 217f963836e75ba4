/** What an earlier outcome is worth by the objectives and limits of now, which may be others than it was measured for. */
import type { EndedEarly } from '../loads/load-step.js';
import { isSameLoad, loadsOf } from '../loads/load.js';
import type { Measurement } from '../loads/measurement.js';
import { maxLoadOf } from '../loads/max-load-plan.js';
import { assess, scoreReference } from '../scoring/assess.js';
import type { Combination } from '../space/combination.js';
import { ExpressionError } from '../space/expression.js';
import type { TuningTask } from '../task/task.schema.js';
import type { ExperimentOutcome } from '../tuning/experiment.js';
import { observationOf, type Observed } from '../tuning/observation.js';

type Lesson = Pick<Observed, 'scores' | 'violation'>;

/**
 * @param combination what was measured, in the search space of now.
 * @param baseline that of the same earlier tune, where the worst load is told by it.
 * @returns null for what teaches nothing: the infrastructure failed, a load of now was not measured, or it was disturbed.
 */
export function rescored(
  now: TuningTask,
  combination: Combination,
  outcome: ExperimentOutcome,
  baseline?: ExperimentOutcome
): Lesson | null {
  if (outcome.status === 'failed' || outcome.status === 'cancelled') return lessonOf(outcome);
  const measurements = measurementsFor(now, outcome);
  if (!measurements || measurements.some(({ disturbances = 0 }) => disturbances > 0)) return null;
  const { maxLoad } = outcome;
  try {
    const reference =
      baseline && scoreReference(now, { ...baseline, measurements: measurementsFor(now, baseline) ?? [] });
    const assessed = assess(now, combination, { measurements, ...(maxLoad ? { maxLoad } : {}) }, reference);
    // A metric that was not measured then is no crash.
    if (!assessed.scores?.every(Number.isFinite)) return null;
    const whole = { ...outcome, ...assessed };
    // All loads of now were measured.
    delete (whole as { endedEarly?: EndedEarly }).endedEarly;
    return lessonOf(whole);
  } catch (error) {
    // The task's expression for the cost has no answer for it.
    if (error instanceof ExpressionError) return null;
    throw error;
  }
}

/** The loads of now in their order; of a search for the highest one that on which it ended. Null where one is missing. */
function measurementsFor(
  now: TuningTask,
  { measurements, maxLoad, endedEarly }: ExperimentOutcome
): readonly Measurement[] | null {
  if (maxLoadOf(now)) return maxLoad && !endedEarly ? measurements : null;
  const found = loadsOf(now.benchmark).map((load) => measurements.find((one) => isSameLoad(one, load)));
  return found.every((one) => one !== undefined) ? found : null;
}

function lessonOf(outcome: ExperimentOutcome): Lesson | null {
  const observation = observationOf(outcome);
  return observation && { scores: observation.scores, violation: observation.violation };
}

/** One observation per combination, in the order of their first: the mean of what worked, or a crash where nothing did. */
export function averaged(observed: readonly Observed[]): Observed[] {
  const byIndex = new Map<number, Observed[]>();
  for (const item of observed) byIndex.set(item.index, [...(byIndex.get(item.index) ?? []), item]);
  return [...byIndex].map(([index, items]) => {
    const worked = items.filter((item) => item.scores !== null);
    const [first] = worked;
    if (!first?.scores) return { index, scores: null, violation: 0 };
    const mean = (of: (item: Observed) => number): number =>
      worked.reduce((sum, item) => sum + of(item), 0) / worked.length;
    const scores = first.scores.map((_, i) => mean((item) => item.scores?.[i] ?? NaN));
    return { index, scores, violation: mean(({ violation }) => violation) };
  });
}
