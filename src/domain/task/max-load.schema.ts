/** The objective `max_load`: the highest concurrency at which every SLO holds. */
import { z } from 'zod';

export const maxLoadSchema = z.strictObject({
  max_load: z
    .strictObject({
      scenario: z.string().max(100).optional().describe('Default: the first of benchmark.traffic_scenarios.'),
      min: z.int().positive().max(10_000).default(1).describe('Where not even this many hold, it is infeasible.'),
      max: z.int().positive().max(10_000).describe('More are not tried.'),
      tolerance: z
        .number()
        .min(0)
        .max(1)
        .default(0.05)
        .describe('The search ends when the answer is known to this share of itself; 0: to one request.'),
    })
    .refine(({ min, max }) => max >= min, { message: 'is below min', path: ['max'] })
    .describe('The most concurrent requests with which every SLO holds, found by bisection on one engine start.'),
});

export type MaxLoadSpec = z.output<typeof maxLoadSchema>['max_load'];
