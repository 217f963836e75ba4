/** Limits that a combination must hold. docs/objectives.md explains them. */
import { z } from 'zod';
import { STATISTICS } from '../loads/measurement.js';
import { METRICS } from '../loads/metric.js';

const scenario = z.string().max(100);
const concurrency = z.int().positive();
const rate = z.number().positive();
/** Which of the loads something is about. */
export const loadFilter = {
  scenario: z.union([scenario, z.array(scenario).min(1).max(32)]).optional(),
  concurrency: z.union([concurrency, z.array(concurrency).min(1).max(32)]).optional(),
  request_rate: z.union([rate, z.array(rate).min(1).max(32)]).optional(),
};

/** Of what is smaller nothing can be told relative to it. */
const LEAST_LIMIT = 1e-9;

const sloSchema = z
  .strictObject({
    metric: z.enum(METRICS),
    statistic: z
      .enum(STATISTICS)
      .optional()
      .describe('Needed by metrics that have one value per request, such as p95 of ttft.'),
    max: z
      .number()
      .min(0)
      .max(1e12)
      .refine((limit) => limit <= 0 || limit >= LEAST_LIMIT, `must be 0 or at least ${LEAST_LIMIT}`)
      .optional()
      .describe('The most that holds it: seconds for latencies.'),
    min: z.number().min(LEAST_LIMIT).max(1e12).optional().describe('The least that holds it.'),
    per_accelerator: z.boolean().optional().describe('Divided by cost.accelerators.'),
    loads: z.strictObject(loadFilter).optional().describe('Only these loads; default: each of them.'),
  })
  .superRefine(({ max, min }, context) => {
    if ((max === undefined) === (min === undefined)) {
      context.addIssue({
        code: 'custom',
        path: max === undefined ? [] : ['min'],
        message: max === undefined ? 'needs a limit: max or min' : 'cannot stand beside max: give two SLOs',
      });
    }
  });

export const slosSchema = z
  .array(sloSchema)
  .max(20)
  .describe('Limits that a combination must hold; one that misses any is infeasible and never the best.');

export type SloSpec = z.output<typeof sloSchema>;
