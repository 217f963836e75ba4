/** Objectives, limits and what came of them, as they stand in outcomes and in the results file. */
import { z } from 'zod';
import { loadShape } from '../loads/load.schema.js';

const finite = z.number();
const quantity = {
  metric: z.string(),
  statistic: z.string(),
  per_accelerator: z.boolean().optional(),
  currency: z.string().optional(),
};
const loads = {
  scenario: z.union([z.string(), z.array(z.string())]).optional(),
  concurrency: z.union([z.int(), z.array(z.int())]).optional(),
  request_rate: z.union([finite, z.array(finite)]).optional(),
};
const limits = { max: finite.optional(), min: finite.optional() };
const goal = { ...quantity, direction: z.string() };

export const objectiveResultSchema = z.union([
  z.strictObject(goal),
  z.strictObject({ weighted: z.array(z.strictObject({ ...goal, weight: finite, reference: finite.optional() })) }),
]);

export const scoringResultSchema = {
  objective: objectiveResultSchema.describe('The first objective: what best_result is judged by.'),
  objectives: z.array(objectiveResultSchema).optional().describe('All of them, where there are several.'),
  over_loads: z.string().optional().describe('Default: mean.'),
  load_weights: z.array(z.strictObject({ ...loads, weight: finite })).optional(),
  slos: z.array(z.strictObject({ ...quantity, ...limits, loads: z.strictObject(loads).optional() })).optional(),
  price_per_accelerator_hour: finite.optional(),
};

const sloReportSchema = z.strictObject({
  violation: finite
    .nonnegative()
    .describe('By how much the limit missed the most is missed, relative to it; 0: none is.'),
  misses: z.array(
    z.strictObject({
      ...quantity,
      ...limits,
      ...loadShape,
      value: finite,
      violation: finite.positive(),
      missed_loads: z.int().positive(),
    })
  ),
});

/** What an outcome and a result have beyond the prototype's score. */
export const assessmentSchema = {
  relative: z.boolean().optional().describe("The score is the worst load's ratio to the baseline's value."),
  slo: sloReportSchema.optional(),
  accelerators: finite.positive().optional().describe('How many the combination uses, by the cost of the task.'),
};

export const frontMemberSchema = z.strictObject({
  experiment_id: z.int(),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  objective_scores: z.array(finite),
  balanced: z
    .boolean()
    .describe('The nearest to the ideal point, each objective taken from its best to its worst on the front.'),
});

export const loadComparisonSchema = z.strictObject({
  ...quantity,
  ...loadShape,
  value: finite,
  baseline: finite,
  gain: finite.describe('Relative to the baseline; negative where the best loses.'),
});
