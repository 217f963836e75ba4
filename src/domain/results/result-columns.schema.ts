/** The outline of a results file as columns: the same list of experiments in each, of which the names stand there once. */
import { z } from 'zod';
import { loadShape } from '../loads/load.schema.js';
import { resultsSchema } from './tune-result.js';

const value = z.union([z.string(), z.number(), z.boolean()]);
const row = z.int().nonnegative();

/** `values[at[row]]`; -1: the experiment has none. */
const named = <T extends z.ZodType>(of: T): z.ZodObject<{ values: z.ZodArray<T>; at: z.ZodArray<z.ZodInt> }> =>
  z.object({ values: z.array(of), at: z.array(z.int().min(-1)) });

export const resultColumnsSchema = resultsSchema
  .omit({
    ...{ $schema: true, all_results: true, baseline: true, best_result: true, nearest_result: true },
    ...{ finalists: true, pareto_front: true },
  })
  .extend({
    ran: resultsSchema.shape.ran.omit({ task: true, reused: true }),
    searched: row.describe('How many rows are of the search: they come first.'),
    baseline: row.nullable().describe('Its row.'),
    best: row.nullable().describe('The row of the best.'),
    nearest: row.optional().describe('The row of what misses the SLOs the least, where nothing is feasible.'),
    finalists: z.array(
      z.object({ experiment_id: z.int(), rounds: z.array(z.object({ round: z.int().positive(), row })) })
    ),
    pareto_front: z.array(z.object({ experiment_id: z.int(), balanced: z.boolean() })).optional(),
    experiments: z
      .object({
        experiment_id: z.array(z.int().nonnegative()),
        status: named(z.enum(['success', 'infeasible', 'failed', 'cancelled'])),
        objective_score: z.array(z.number().nullable()),
        objective_scores: z.array(z.array(z.number())).optional().describe('Empty where there are none.'),
        relative: named(z.boolean()),
        accelerators: named(z.number()),
        failure: named(z.string()).describe('Its code.'),
        missed: named(z.string()).describe('The metric whose limit is missed the most.'),
        ended_early: named(z.enum(['slo', 'hopeless'])),
        parameters: z.array(named(value).extend({ name: z.string() })),
        timings_s: z.array(z.object({ phase: z.string(), seconds: z.array(z.number()) })),
        loads: z.array(
          z.object({
            ...loadShape,
            rate: z.array(z.number().nullable()).describe('Of `drawn.rate`.'),
            latency: z.array(z.number().nullable()).describe('Seconds, of `drawn.latency`.'),
            repeats: z.array(z.object({ row, count: z.int().positive(), spread: z.number().nullable() })),
            disturbances: z.array(z.object({ row, count: z.int().positive() })),
          })
        ),
      })
      .describe('Columns, with one entry per experiment: those of the search, the baseline, the finals.'),
  })
  .describe('What pictures and short views need of the results: numbers to seven digits.');

export type ResultColumns = z.output<typeof resultColumnsSchema>;
