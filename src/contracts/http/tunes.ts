/** Tunes: in a list, and one as it is now. */
import { z } from 'zod';
import { END_REASONS } from '../../domain/budget/ended.js';
import { scoringResultSchema } from '../../domain/results/assessment.schema.js';
import { resultsSchema } from '../../domain/results/tune-result.js';
import { pageOf, pageQuery, spendingSchema, timeSchema } from './common.js';
import { experimentRowSchema, runningExperimentSchema } from './experiments.js';
import { taskInputSchema } from './tasks.js';

export const TUNE_STATUSES = [
  'running',
  'completed',
  'failed',
  'cancelled',
  'terminated',
  'timed-out',
  'paused',
  'unknown',
] as const;
export const tuneStatusSchema = z.enum(TUNE_STATUSES);

/** A tune as a list shows it. */
export const tuneSummarySchema = z.object({
  id: z.string().describe('Its workflow id without `tune/`: the task name, with a time added by a schedule.'),
  workflowId: z.string(),
  runId: z.string(),
  taskName: z.string(),
  status: tuneStatusSchema.describe(
    "Of Temporal; a tune that was told to pause is `running` and its view's phase `paused`."
  ),
  model: z.string().nullable(),
  engine: z.string().nullable(),
  backend: z.string().nullable(),
  bestScore: z.number().nullable().describe('Lower is better; null before the first success.'),
  startedAt: timeSchema,
  closedAt: timeSchema.nullable(),
  temporalUrl: z.string().nullable().describe("Its page in Temporal's UI, where that is known."),
});
export type TuneSummary = z.output<typeof tuneSummarySchema>;

export const tunePageSchema = pageOf(tuneSummarySchema);
export type TunePage = z.output<typeof tunePageSchema>;

export const tuneListQuery = z.object({
  ...pageQuery,
  status: tuneStatusSchema.optional(),
  task: z.string().max(200).optional(),
  model: z.string().max(500).optional(),
  engine: z.string().max(200).optional(),
  search: z.string().max(200).optional().describe('Part of the task name, model or engine.'),
});
export type TuneListQuery = z.input<typeof tuneListQuery>;

/** What a tune can be told at the moment. */
export const TUNE_ACTIONS = ['pause', 'resume', 'stop', 'extend', 'cancel', 'retry-failed'] as const;
export type TuneAction = (typeof TUNE_ACTIONS)[number];

/** A tune as it is at one moment. Everything but the list of its experiments; that changes when `finished` does. */
export const tuneViewSchema = z.object({
  info: tuneSummarySchema,
  description: z.string().describe('Of the task; may be empty.'),
  phase: z
    .enum(['preparing', 'tuning', 'paused', 'writing-results', 'done'])
    .nullable()
    .describe('Null while no worker answers.'),
  hasWorker: z.boolean().describe('Whether a worker answered; false for a tune that waits for one.'),
  scoring: z.object(scoringResultSchema).nullable().describe('Objectives and limits; null until it is prepared.'),
  objectiveWords: z.string().describe('`minimize ttft mean, mean of 2 loads`; empty until it is prepared.'),
  counts: z.object({
    succeeded: z.int(),
    infeasible: z.int(),
    failed: z.int(),
    cancelled: z.int(),
    finals: z.int().describe('Measurements of the finals.'),
    planned: z.int(),
    most: z.int().nullable().describe('The most experiments of the search; null until it is prepared.'),
  }),
  countWords: z.string().describe('`12 of up to 40, 4 in finals`.'),
  finished: z.int().describe('Outcomes of any role: when it changes, the experiments and the results have.'),
  failures: z.record(z.string(), z.int()).describe('Failed experiments by failure code.'),
  running: z.array(runningExperimentSchema).describe('At most ten.'),
  best: experimentRowSchema.nullable(),
  baseline: experimentRowSchema.nullable(),
  nearest: experimentRowSchema.nullable().describe('Where nothing is feasible: what misses the SLOs the least.'),
  verdict: resultsSchema.shape.verdict.nullable().describe('Null while there is nothing to say.'),
  answer: z.string().describe('For people: what it has come to so far, in a few sentences; may be empty.'),
  spending: spendingSchema.nullable(),
  eta: z
    .object({ low: timeSchema, mid: timeSchema, high: timeSchema })
    .nullable()
    .describe('When it is likely to end; null when it is over or nothing is known.'),
  ended: z
    .object({ reason: z.enum(END_REASONS), stage: z.enum(['search', 'finals']), words: z.string() })
    .nullable()
    .describe('Why it measures no more; null while it does.'),
  failure: z
    .object({ code: z.string().nullable(), message: z.string(), evidence: z.array(z.string()), nextStep: z.string() })
    .nullable()
    .describe('Why the tune itself failed.'),
  stopping: z.boolean(),
  reuse: z.array(z.string()).describe('What it has learned from earlier tunes, a line each.'),
  actions: z.array(z.enum(TUNE_ACTIONS)).describe('What it can be told now.'),
});
export type TuneView = z.output<typeof tuneViewSchema>;

/** Header `Idempotency-Key` on `POST /tunes`: the same key gives the same tune, however often it is sent. */
export const idempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, 'must be 1 to 200 visible ASCII characters');

export const startTuneSchema = z.strictObject({
  ...taskInputSchema,
  options: z
    .strictObject({
      direct: z.boolean().optional().describe("Make the load on the worker's host, whatever the task says."),
      aa: z.int().min(2).max(1000).optional().describe('A/A: only measure the baseline, so many times.'),
      reuse: z.boolean().optional().describe('false: search as if there were no earlier tunes.'),
    })
    .optional(),
});
export type StartTune = z.input<typeof startTuneSchema>;

export const startedTuneSchema = z.object({
  tune: tuneSummarySchema,
  hasWorkers: z.boolean().describe('Whether a worker is there that will serve it.'),
});
export type StartedTune = z.output<typeof startedTuneSchema>;

export const runQuery = z.object({ run: z.string().max(100).optional().describe('An earlier run of the tune.') });

export const extendSchema = z.strictObject({ iterations: z.int().min(1).max(1_000_000) });

export const retryFailedSchema = z.strictObject({
  codes: z.array(z.string().max(100)).max(100).optional().describe('Only these failure codes, `cancelled`, `lost`.'),
  dryRun: z.boolean().optional().describe('Only say which they are.'),
});
export type RetryFailed = z.input<typeof retryFailedSchema>;

export const retriedSchema = z.object({
  started: z.boolean(),
  words: z.string().describe('`2 ENGINE_CRASHED, 1 lost`.'),
  again: z.array(z.object({ experimentId: z.int(), title: z.string(), reason: z.string() })),
});
export type Retried = z.output<typeof retriedSchema>;
