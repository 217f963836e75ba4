/** What every resource of the HTTP API has in common. Live views are camelCase; files (tasks, results) keep their own words. */
import { z } from 'zod';

/** An error as RFC 9457 has it, with content type `application/problem+json`. */
export const problemSchema = z.object({
  type: z.string().describe('`urn:autotuner:problem:<code>`; docs/api.md explains each.'),
  title: z.string(),
  status: z.int(),
  code: z.string().describe('Stable, for programs: `not-found`, `invalid-task`, ...'),
  detail: z.string().optional().describe('For people: what is wrong and what to do.'),
  instance: z.string().optional().describe('The path that was asked for.'),
  issues: z
    .array(
      z.object({
        path: z.array(z.union([z.string(), z.number()])),
        message: z.string(),
        line: z.int().optional(),
        column: z.int().optional(),
      })
    )
    .optional()
    .describe('Everything that is wrong with the request or with the task in it.'),
});
export type Problem = z.output<typeof problemSchema>;
export type Issue = NonNullable<Problem['issues']>[number];

/** A moment, ISO 8601 in UTC. */
export const timeSchema = z.string().describe('ISO 8601, UTC.');

export const combinationSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** @returns the schema of one page of a list. */
export function pageOf<T extends z.ZodType>(
  item: T
): z.ZodObject<{ items: z.ZodArray<T>; next: z.ZodNullable<z.ZodString> }> {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().describe('Give it as `cursor` for the next page; null on the last one.'),
  });
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

/** Query parameters of every list. */
export const pageQuery = {
  cursor: z.string().max(4000).optional().describe('Opaque: `next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
};

export const amountsSchema = z.object({
  experiments: z.number().optional(),
  wall_time: z.number().optional().describe('Seconds.'),
  accelerator_hours: z.number().optional(),
  money: z.number().optional(),
});

const rangeSchema = z.object({ low: z.number(), mid: z.number(), high: z.number() });

export const forecastSchema = z.object({
  basis: z.enum(['experiments', 'time_limits']).describe('`time_limits`: every number is the most that it could be.'),
  total: z
    .object({
      experiments: rangeSchema.optional(),
      wall_time: rangeSchema.optional(),
      accelerator_hours: rangeSchema.optional(),
      money: rangeSchema.optional(),
    })
    .describe('Of the whole tune, what is spent included.'),
});
export type ForecastView = z.output<typeof forecastSchema>;

export const spendingSchema = z.object({
  spent: amountsSchema,
  limits: amountsSchema.describe("The task's `budget`; empty without one."),
  currency: z.string(),
  forecast: forecastSchema.nullable().describe('Null when it is over.'),
});
export type SpendingView = z.output<typeof spendingSchema>;

/** What a write answers that has nothing else to say. */
export const saidSchema = z.object({ message: z.string().describe('For people.') });
export type Said = z.output<typeof saidSchema>;
