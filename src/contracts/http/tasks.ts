/** Task files: checked and planned before anything runs. */
import { z } from 'zod';
import { WARNING_LEVELS } from '../../domain/guide/guide.schema.js';
import { amountsSchema, combinationSchema, forecastSchema, problemSchema } from './common.js';

/** A task as text or as an object: exactly one of them. */
export const taskInputSchema = {
  source: z.string().max(1_000_000).optional().describe('The task file, YAML or JSON.'),
  task: z.record(z.string(), z.unknown()).optional().describe('The same as an object.'),
};

export const taskRequestSchema = z
  .strictObject(taskInputSchema)
  .refine(({ source, task }) => (source === undefined) !== (task === undefined), 'give either source or task');
export type TaskRequest = z.input<typeof taskRequestSchema>;

const taskIssueSchema = problemSchema.shape.issues.unwrap();

/** What the parameter guide has to say about a task; never a refusal. `danger`: the engine will not start, or refuse every request. */
export const warningSchema = z.object({
  id: z.string().describe('Stable, such as `engine-refuses-value`.'),
  level: z.enum(WARNING_LEVELS),
  parameter: z.string().nullable().describe('As the task calls it; null where it is about several or none.'),
  words: z.string(),
  source: z.string().nullable().describe("Where the engine's makers say so."),
});
export type Warning = z.output<typeof warningSchema>;

/** A task that is wrong is an answer of this endpoint, and no error. */
export const validationSchema = z.object({
  valid: z.boolean(),
  issues: taskIssueSchema.describe('Empty when it is valid; `line` and `column` where the task was given as text.'),
  file: z
    .record(z.string(), z.unknown())
    .nullable()
    .describe('The task as an object, as it was written; null if it is none.'),
  task: z.record(z.string(), z.unknown()).nullable().describe('With every default; null unless it is valid.'),
  yaml: z.string().nullable().describe('The task as YAML: `source` itself, or what the object reads like.'),
  warnings: z.array(warningSchema).describe('Empty unless it is valid; the most serious first.'),
  space: z
    .object({
      size: z.number().describe('Combinations; may be larger than a safe integer.'),
      allowed: z.number().describe('Of these, what the constraints leave.'),
      exact: z.boolean().describe('Whether `allowed` was counted; otherwise it is an estimate.'),
      experiments: z.int().describe('How many the search will try at most.'),
    })
    .nullable(),
});
export type Validation = z.output<typeof validationSchema>;

/** What a task would do, as numbers and in words. */
export const planSchema = z.object({
  taskName: z.string(),
  combinations: z.object({
    size: z.number(),
    allowed: z.number(),
    pruned: z.number(),
    exact: z.boolean(),
    words: z.string(),
  }),
  experiments: z.object({ most: z.int(), strategy: z.string(), parallelism: z.int(), words: z.string() }),
  finals: z.object({ least: z.int(), most: z.int(), words: z.string() }),
  loads: z.object({
    starts: z.int().describe('Starts of the load generator per experiment, at most.'),
    items: z.array(z.string()),
    words: z.string(),
  }),
  objective: z.string(),
  limits: z.array(z.string()).describe('The SLOs.'),
  forecast: z.object({
    timeLimits: forecastSchema.nullable().describe('The most that it could take.'),
    lastRun: forecastSchema.nullable().describe('By what the last run of the same task took; null without one.'),
    words: z.array(z.string()),
  }),
  budget: amountsSchema,
  currency: z.string(),
  reuse: z.array(z.string()).describe('What earlier tunes would give it.'),
  first: z
    .object({
      combination: combinationSchema,
      command: z.string(),
      isExample: z.boolean().describe('A strategy that learns may begin with another one.'),
    })
    .nullable(),
  warnings: z.array(warningSchema),
  lines: z
    .array(z.object({ label: z.string(), text: z.string() }))
    .describe('All of it as `autotuner plan` prints it.'),
});
export type Plan = z.output<typeof planSchema>;
