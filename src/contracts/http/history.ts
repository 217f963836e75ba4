/** Finished tunes, beyond what Temporal keeps. */
import { z } from 'zod';
import { VERDICT_KINDS } from '../../domain/verdict/verdict.js';
import { combinationSchema, pageOf, pageQuery, timeSchema } from './common.js';

export const historyEntrySchema = z.object({
  runId: z.string(),
  taskName: z.string(),
  model: z.string(),
  engine: z.string(),
  engineVersion: z.string().nullable(),
  backend: z.string().nullable(),
  hardware: z.string().nullable(),
  host: z.string().nullable(),
  objective: z.string().describe('In words.'),
  bestScore: z.number().nullable().describe('Lower is better.'),
  bestWords: z.string().describe('`ttft mean 328.6 ms`; empty without a best.'),
  bestParameters: combinationSchema.nullable(),
  verdict: z.enum(VERDICT_KINDS),
  gain: z.object({ percent: z.number(), low: z.number(), high: z.number() }).nullable(),
  answer: z.string(),
  experiments: z.int(),
  startedAt: timeSchema,
  finishedAt: timeSchema,
});
export type HistoryEntryView = z.output<typeof historyEntrySchema>;

export const historyPageSchema = pageOf(historyEntrySchema);
export type HistoryPage = z.output<typeof historyPageSchema>;

export const historyListQuery = z.object({
  ...pageQuery,
  search: z.string().max(200).optional(),
  model: z.string().max(500).optional(),
  engine: z.string().max(200).optional(),
  hardware: z.string().max(500).optional(),
  task: z.string().max(200).optional(),
});
export type HistoryListQuery = z.input<typeof historyListQuery>;

export const compareQuery = z.object({
  runs: z.string().min(1).max(2000).describe('Run ids with commas, two to ten.'),
});

/** Tunes side by side. */
export const comparisonSchema = z.object({
  runs: z.array(historyEntrySchema),
  parameters: z
    .array(z.object({ name: z.string(), values: z.array(z.union([z.string(), z.number(), z.boolean()]).nullable()) }))
    .describe('Of the best of each, in the order of `runs`; null where it has no such parameter.'),
  loads: z.array(
    z.object({
      scenario: z.string(),
      concurrency: z.int(),
      values: z
        .array(z.record(z.string(), z.number()).nullable())
        .describe('Metrics of the best of each; null where it was not measured.'),
    })
  ),
  notes: z.array(z.string()).describe('What makes them incomparable: other objectives, loads or machines.'),
});
export type ComparisonView = z.output<typeof comparisonSchema>;

/** The same task over time. */
export const trendSchema = z.object({
  taskName: z.string(),
  points: z.array(
    z.object({
      entry: historyEntrySchema,
      baselineScore: z.number().nullable(),
      changed: z.array(z.string()).describe('Parameters of the best that differ from those of the run before.'),
      noisePercent: z.number().nullable(),
    })
  ),
});
export type TrendView = z.output<typeof trendSchema>;

/** What one and the same configuration differs by from start to start, per host. */
export const noiseSchema = z.object({
  hosts: z.array(
    z.object({
      host: z.string(),
      hardware: z.string().nullable(),
      engine: z.string(),
      percent: z.number(),
      degreesOfFreedom: z.int(),
      tunes: z.int(),
      lastAt: timeSchema,
    })
  ),
});
export type NoiseView = z.output<typeof noiseSchema>;
