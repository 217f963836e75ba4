/** Experiments of a tune: of the search, the baseline (number 0), and the measurements of the finals. */
import { z } from 'zod';
import { resultsSchema } from '../../domain/results/tune-result.js';
import { combinationSchema, pageOf, pageQuery, timeSchema } from './common.js';

export const PHASES = [
  'queued',
  'deploying',
  'starting',
  'warming-up',
  'benchmarking',
  'tearing-down',
  'done',
] as const;

/** `planned` and `running` have no outcome yet; `lost` ended without one. */
export const EXPERIMENT_STATUSES = [
  'planned',
  'running',
  'succeeded',
  'infeasible',
  'failed',
  'cancelled',
  'lost',
] as const;
export const experimentStatusSchema = z.enum(EXPERIMENT_STATUSES);
export type ExperimentStatus = z.output<typeof experimentStatusSchema>;

const roleSchema = {
  experimentId: z.int().nonnegative(),
  role: z.enum(['search', 'baseline', 'final']),
  of: z.int().nullable().describe('Of a final: the experiment whose combination is measured again; 0 is the baseline.'),
  round: z.int().nullable().describe('Of a final, from 1.'),
  title: z.string().describe('For people: `[6] threads=2 parallel=4`, `[8] round 1 of [6]: ...`.'),
  combination: combinationSchema,
};

/** Where a running experiment stands. */
export const runningExperimentSchema = z.object({
  ...roleSchema,
  phase: z.enum(PHASES),
  detail: z.string().describe('What its activity is at: `1 of 2 loads measured`; may be empty.'),
  since: timeSchema.describe('When the phase began.'),
});
export type RunningExperimentView = z.output<typeof runningExperimentSchema>;

/** Seconds per phase; `benchmark_tool` is the part of `benchmarking` in which no load ran. */
export const timingsSchema = z.object({
  queued: z.number(),
  deploying: z.number(),
  starting: z.number(),
  warming_up: z.number(),
  benchmarking: z.number(),
  benchmark_tool: z.number(),
  tearing_down: z.number(),
  total: z.number(),
});

/** An experiment as a row of a table. */
export const experimentRowSchema = z.object({
  ...roleSchema,
  status: experimentStatusSchema,
  phase: z.enum(PHASES).nullable().describe('While it runs.'),
  score: z.number().nullable().describe('By the first objective; lower is better, throughput is negated.'),
  scores: z.array(z.number()).describe('One per objective; empty unless it was measured.'),
  scoreWords: z.string().describe('`ttft mean 328.6 ms`; empty without a score.'),
  metrics: z.record(z.string(), z.number()).nullable().describe('Means over the loads; null unless it was measured.'),
  sloViolation: z
    .number()
    .nullable()
    .describe('0: every limit holds; null where there are none or nothing was measured.'),
  failure: z.object({ code: z.string(), message: z.string() }).nullable(),
  endedEarly: z.string().nullable().describe('Why it did not measure all its loads.'),
  timings: timingsSchema.nullable(),
  attempts: z.int().nullable().describe('How many hosts took it.'),
  leaks: z.int().describe('How many things its tear-down could not remove.'),
  isBest: z.boolean(),
  isFront: z.boolean().describe('On the Pareto front; false with one objective.'),
});
export type ExperimentRow = z.output<typeof experimentRowSchema>;

export const experimentPageSchema = pageOf(experimentRowSchema);
export type ExperimentPage = z.output<typeof experimentPageSchema>;

export const EXPERIMENT_SORTS = ['number', 'score', 'status', 'duration'] as const;

export const experimentListQuery = z.object({
  ...pageQuery,
  run: z.string().max(100).optional().describe('An earlier run of the tune.'),
  sort: z.enum(EXPERIMENT_SORTS).default('number'),
  order: z.enum(['asc', 'desc']).default('asc').describe('What has no score or duration comes last in both.'),
  status: z.string().max(200).optional().describe('With commas for several: `failed,cancelled`.'),
  role: z.enum(['search', 'baseline', 'final']).optional(),
  code: z.string().max(100).optional().describe('A failure code.'),
  search: z.string().max(200).optional().describe('Part of a parameter or its value: `threads=2`.'),
});
export type ExperimentListQuery = z.input<typeof experimentListQuery>;

/** An experiment as results files have it. */
export const experimentResultSchema = resultsSchema.shape.baseline.unwrap();

export const LOG_KINDS = ['engine', 'benchmark'] as const;

/** An experiment with everything that is known of it. */
export const experimentDetailSchema = z.object({
  tune: z.string().describe("The tune's `id`."),
  runId: z.string(),
  row: experimentRowSchema,
  running: runningExperimentSchema.nullable().describe('While it runs.'),
  difference: z
    .array(
      z.object({
        parameter: z.string(),
        value: z.union([z.string(), z.number(), z.boolean()]),
        baseline: z
          .union([z.string(), z.number(), z.boolean()])
          .nullable()
          .describe("Null: the engine's own default, whatever it is."),
      })
    )
    .describe('Its parameters beside those of the baseline.'),
  result: experimentResultSchema.nullable().describe('As in the results file; null while it has no outcome.'),
  baseline: experimentResultSchema.nullable(),
  command: z.string().nullable().describe('The command line that starts it by hand; null where the backend has none.'),
  logs: z.array(
    z.object({
      kind: z.enum(LOG_KINDS),
      bytes: z.int().nonnegative(),
      path: z.string().describe('Of this API.'),
    })
  ),
});
export type ExperimentDetail = z.output<typeof experimentDetailSchema>;

export const logQuery = z.object({
  run: z.string().max(100).optional(),
  tail: z.coerce.number().int().min(1).max(100_000).optional().describe('Only the last lines.'),
});
