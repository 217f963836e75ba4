/** Finished tunes, beyond what Temporal keeps: what `src/history/types.ts` says, as schemas. */
import { z } from 'zod';
import { END_REASONS } from '../../domain/budget/ended.js';
import { loadShape } from '../../domain/loads/load.schema.js';
import { objectiveResultSchema } from '../../domain/results/assessment.schema.js';
import { VERDICT_KINDS } from '../../domain/verdict/verdict.js';
import { combinationSchema, pageOf, pageQuery, timeSchema } from './common.js';

const value = z.union([z.string(), z.number(), z.boolean()]).nullable();

/** A finished tune, short. */
export const historyEntrySchema = z.object({
  runId: z.string().describe("The first run's id: the same through continue-as-new."),
  workflowId: z.string(),
  taskName: z.string(),
  model: z.string(),
  engine: z.string().nullable(),
  engineVersion: z.string().nullable(),
  backend: z.string().nullable(),
  hardware: z.string().nullable(),
  hosts: z.array(z.string()),
  startedAt: timeSchema,
  finishedAt: timeSchema,
  elapsedSeconds: z.number(),
  ended: z.enum(END_REASONS).nullable(),
  stoppedEarly: z.boolean(),
  experiments: z.int(),
  successful: z.int(),
  objective: objectiveResultSchema,
  objectiveWords: z.string(),
  score: z
    .number()
    .nullable()
    .describe('Of the best: the mean of its finals where it was in them, else of the search.'),
  isFromFinals: z.boolean(),
  scoreWords: z.string().nullable(),
  baselineScore: z.number().nullable(),
  bestParameters: combinationSchema.nullable(),
  verdict: z.enum(VERDICT_KINDS),
  gain: z.object({ percent: z.number(), low: z.number(), high: z.number() }).nullable(),
  noisePercent: z.number().nullable(),
  answer: z.string(),
  retryOf: z.string().nullable(),
});
export type HistoryEntryView = z.output<typeof historyEntrySchema>;

export const historyPageSchema = pageOf(historyEntrySchema);
export type HistoryPageView = z.output<typeof historyPageSchema>;

export const historyListQuery = z.object({
  ...pageQuery,
  limit: z.coerce.number().int().min(1).max(200).default(50),
  search: z.string().max(200).optional().describe('Words in task, model, engine, hardware, hosts or run id.'),
  model: z.string().max(500).optional(),
  engine: z.string().max(200).optional(),
  hardware: z.string().max(500).optional(),
  task: z.string().max(200).optional().describe('The whole name.'),
});
export type HistoryListQuery = z.input<typeof historyListQuery>;

export const compareQuery = z.object({
  runs: z.string().min(1).max(2000).describe('Run ids with commas, two to ten.'),
});

const settingSchema = z.object({ name: z.string(), values: z.array(value), differs: z.boolean() });

/** Tunes side by side, each by its best. */
export const comparisonSchema = z.object({
  runs: z.array(historyEntrySchema),
  settings: z.array(settingSchema),
  parameters: z.array(settingSchema),
  loads: z.array(
    z.object({
      ...loadShape,
      metrics: z.array(
        z.object({
          metric: z.string(),
          statistic: z.string(),
          words: z.string(),
          unit: z.string(),
          values: z.array(z.number().nullable()),
          differences: z.array(
            z.object({ percent: z.number(), better: z.boolean(), beyondNoise: z.boolean().nullable() }).nullable()
          ),
        })
      ),
    })
  ),
  isComparable: z.boolean(),
  words: z.array(z.string()),
});
export type ComparisonView = z.output<typeof comparisonSchema>;

/** The same task over time. */
export const trendSchema = z.object({
  taskName: z.string(),
  points: z
    .array(
      z.object({
        entry: historyEntrySchema,
        changes: z.array(z.object({ name: z.string(), from: value, to: value })),
        surroundings: z.array(settingSchema),
        isComparable: z.boolean(),
        changePercent: z.number().nullable(),
        beyondNoise: z.boolean().nullable(),
      })
    )
    .describe('The oldest first.'),
});
export type TrendView = z.output<typeof trendSchema>;

const pooledNoise = {
  percent: z.number(),
  low: z.number(),
  high: z.number(),
  degreesOfFreedom: z.number(),
  tunes: z.int(),
  lastMeasuredAt: timeSchema,
};

/** What one and the same configuration differs by from start to start, per host. */
export const noiseSchema = z.object({
  hosts: z.array(
    z.object({
      ...pooledNoise,
      host: z.string(),
      hardware: z.string().nullable(),
      aaTunes: z.int(),
      bySetting: z.array(
        z.object({ ...pooledNoise, model: z.string(), engine: z.string().nullable(), objectiveWords: z.string() })
      ),
      words: z.string(),
    })
  ),
});
export type NoiseView = z.output<typeof noiseSchema>;

/** What the history is kept in. */
export const historyStatusSchema = z.object({
  kind: z.enum(['pglite', 'postgres']),
  isOpen: z.boolean(),
  waiting: z.int().describe('Tunes that are stored safely and wait to be taken in.'),
  problem: z.string().nullable(),
});
export type HistoryStatusView = z.output<typeof historyStatusSchema>;
