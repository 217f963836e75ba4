/** How much a tune may use, and when its search has had enough. docs/budget.md explains both. */
import { z } from 'zod';
import { MOST_IN_A_ROW } from './limits.js';

const YEAR = 365 * 24 * 3600;

export const budgetSchema = z
  .strictObject({
    experiments: z
      .int()
      .positive()
      .max(1_000_000)
      .optional()
      .describe(
        'Of the whole tune, with the baseline and the finals; optimization.max_iterations is of the search alone.'
      ),
    wall_time: z.number().positive().max(YEAR).optional().describe('Seconds since the start, without pauses.'),
    accelerator_hours: z.number().positive().max(1e9).optional().describe('Needs cost.accelerators.'),
    money: z
      .number()
      .positive()
      .max(1e12)
      .optional()
      .describe('In cost.currency; needs cost.price_per_accelerator_hour.'),
  })
  .refine((limits) => Object.values(limits).some((limit) => limit !== undefined), 'needs at least one limit')
  .describe(
    'What the whole tune may use: no experiment is started unless it and the finals after it are likely to fit. What has started is measured to its end.'
  );

export const stopWhenSchema = z
  .strictObject({
    expected_improvement: z.number().positive().max(1).describe('As a share of the best: 0.002 is 0.2 %.'),
    in_a_row: z
      .int()
      .min(1)
      .max(MOST_IN_A_ROW)
      .default(8)
      .describe('Suggestions of which each must be expected to bring less.'),
  })
  .describe(
    'End the search when another experiment is not expected to improve the best by so much. Needs a model: strategy bayesian.'
  );
