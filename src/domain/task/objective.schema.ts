/** What the task optimises, and what it costs. docs/objectives.md explains the forms. */
import { z } from 'zod';
import { maxLoadSchema } from './max-load.schema.js';
import { loadFilter } from './slo.schema.js';
import { METRICS } from '../loads/metric.js';
import { STATISTICS } from '../loads/measurement.js';

const goal = {
  metric: z.enum(METRICS),
  statistic: z.enum(STATISTICS).default('mean').describe('Of metrics that have one value per request.'),
  direction: z.enum(['minimize', 'maximize']),
  per_accelerator: z.boolean().optional().describe('Divided by cost.accelerators; of throughputs and goodput only.'),
};
const goalSchema = z.strictObject(goal);
const weightedSchema = z.strictObject({
  weighted: z
    .array(
      z.strictObject({
        ...goal,
        weight: z.number().min(1e-6).max(1e6),
        reference: z
          .number()
          .min(1e-6)
          .max(1e12)
          .optional()
          .describe('The value that counts as 0; it moves every score by the same amount. Default: 1.'),
      })
    )
    .min(1)
    .max(10)
    .describe('Added up as weighted logarithms: a weighted geometric mean of the gains.'),
});
const NAMES = ['minimize_latency', 'maximize_throughput'] as const;
const oneSchema = z.union([z.enum(NAMES), goalSchema, weightedSchema]);

export const objectiveSchema = z.union([
  z.enum(NAMES),
  goalSchema,
  weightedSchema,
  maxLoadSchema,
  z.array(oneSchema).min(1).max(5).describe('Several at once, with a Pareto front; the first decides what is best.'),
]);

export const overLoadsSchema = z
  .enum(['mean', 'weighted', 'worst'])
  .describe(
    'How the loads become one score. Default: weighted where benchmark.load_weights are given, else mean. ' +
      "worst: of the ratios to the baseline's values where it was measured."
  );

export const loadWeightsSchema = z
  .array(z.strictObject({ ...loadFilter, weight: z.number().min(0).max(1e6) }))
  .min(1)
  .max(100)
  .describe('How much loads count in the objective; one that is not named counts 1.');

export const goodputSchema = z
  .strictObject({
    ttft: z.number().positive().max(1e6).optional(),
    tpot: z.number().positive().max(1e6).optional(),
    e2e_latency: z.number().positive().max(1e6).optional(),
  })
  .refine((limits) => Object.values(limits).some((limit) => limit !== undefined), 'needs at least one limit')
  .describe('Seconds that each request may take: those within all of them are the goodput.');

export const costSchema = z
  .strictObject({
    accelerators: z
      .union([z.int().positive().max(100_000), z.string().min(1).max(2000)])
      .describe('How many a combination uses: a number, or an expression such as "tp_size * dp_size".'),
    price_per_accelerator_hour: z.number().positive().max(1e6).optional(),
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'must be three capital letters, such as USD')
      .default('USD'),
  })
  .describe('What a combination occupies and what that costs.');

export type ObjectiveSpec = z.output<typeof objectiveSchema>;
export type GoalSpec = z.output<typeof goalSchema>;
export type GoodputLimits = z.output<typeof goodputSchema>;
