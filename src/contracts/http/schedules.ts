/** Recurring tunes. */
import { z } from 'zod';
import { pageOf, timeSchema } from './common.js';
import { taskInputSchema } from './tasks.js';

export const OVERLAP_NAMES = ['skip', 'buffer', 'cancel'] as const;

export const scheduleSchema = z.object({
  id: z.string().describe('The task name.'),
  scheduleId: z.string().describe("Temporal's."),
  taskName: z.string(),
  paused: z.boolean(),
  note: z.string(),
  nextAt: z.array(timeSchema).describe('The next times, the soonest first; empty while paused.'),
  recent: z
    .array(z.object({ at: timeSchema, tune: z.string().nullable().describe("The tune's id.") }))
    .describe('What it has started lately, the latest first.'),
});
export type Schedule = z.output<typeof scheduleSchema>;

/** One schedule, with what a list does not tell. */
export const scheduleDetailSchema = scheduleSchema.extend({
  cron: z.array(z.string()).describe('Expressions as they were given.'),
  everySeconds: z.number().nullable(),
  overlap: z.enum(OVERLAP_NAMES).nullable(),
  task: z.record(z.string(), z.unknown()).nullable().describe('The task file.'),
});
export type ScheduleDetail = z.output<typeof scheduleDetailSchema>;

export const schedulePageSchema = pageOf(scheduleSchema);
export type SchedulePage = z.output<typeof schedulePageSchema>;

export const createScheduleSchema = z.strictObject({
  ...taskInputSchema,
  cron: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe("Five fields, UTC; 'CRON_TZ=Europe/Berlin 0 3 * * 1' otherwise."),
  everySeconds: z.number().min(60).max(31_536_000).optional(),
  overlap: z.enum(OVERLAP_NAMES).optional().describe('When a tune is due while the last one runs; default: skip.'),
  paused: z.boolean().optional(),
});
export type CreateSchedule = z.input<typeof createScheduleSchema>;
