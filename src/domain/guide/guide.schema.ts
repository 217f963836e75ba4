/** What the guide knows of an engine: which flags are worth tuning, what they trade, where they crash, and who says so. */
import { z } from 'zod';
import { parameterSchema } from '../task/task.schema.js';

export const GUIDE_ENGINES = ['sglang', 'vllm', 'llama.cpp'] as const;
export type GuideEngine = (typeof GUIDE_ENGINES)[number];

/** On what the engine runs, as far as it changes which values are sensible. */
const SCALES = ['cpu', 'one accelerator', 'several accelerators'] as const;

const sourceSchema = z.strictObject({ title: z.string(), url: z.url({ protocol: /^https$/ }) });

const rangeSchema = z.strictObject({
  scale: z.enum(SCALES),
  spec: parameterSchema.describe('As it stands in the `parameters` of a task file.'),
  words: z.string().optional().describe('Why these.'),
});

const guideParameterSchema = z.strictObject({
  flag: z.string().regex(/^--[a-z][a-z0-9-]+$/),
  names: z
    .array(z.string().regex(/^[a-z][a-z0-9_]*$/))
    .min(1)
    .describe('How a task may call it, with underscores; the first is what presets use.'),
  what: z.string(),
  trades: z.string().describe('What is gained and what is lost.'),
  default: z.string(),
  changesAnswers: z
    .boolean()
    .optional()
    .describe('Another value may give other answers, which the tuner does not judge.'),
  onByDefault: z.boolean().optional().describe('A switch that is on: setting it to true changes nothing.'),
  offWith: z.string().optional().describe('The parameter that switches it off where it is on by default.'),
  limits: z
    .strictObject({
      min: z.number().optional(),
      max: z.number().optional(),
      above: z.number().optional(),
      below: z.number().optional(),
      or: z.array(z.number()).optional().describe('Values outside the limits that mean something of their own.'),
    })
    .optional()
    .describe('Outside of these the engine does not start.'),
  risky: z
    .strictObject({ above: z.number().optional(), below: z.number().optional(), words: z.string() })
    .optional()
    .describe('Where it often goes wrong, and how.'),
  ranges: z.array(rangeSchema).min(1),
  crashes: z.array(z.string()).describe('Known crash regions, one sentence each.'),
  sources: z.array(sourceSchema).min(1),
});
export type GuideParameter = z.output<typeof guideParameterSchema>;

const presetSchema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z-]*$/),
  title: z.string(),
  words: z.string().describe('For whom.'),
  scale: z.enum(SCALES),
  parameters: z.record(z.string(), parameterSchema),
  constraints: z.array(z.string()),
  engineArgs: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

export const guideSchema = z.strictObject({
  engine: z.enum(GUIDE_ENGINES),
  title: z.string(),
  versions: z.string().describe('Of which versions the facts are.'),
  intro: z.string(),
  parameters: z.array(guideParameterSchema).min(1),
  presets: z.array(presetSchema).min(1),
  metrics: z.strictObject({
    words: z.string().describe('How the engine comes to offer its own metrics.'),
    sources: z.array(sourceSchema).min(1),
  }),
});
export type Guide = z.output<typeof guideSchema>;

export const WARNING_LEVELS = ['note', 'caution', 'danger'] as const;

/**
 * Something that a person may want to know before a tune begins. Never a refusal: engines change faster than guides. `danger`: by its
 * own documentation the engine will not start, or refuse every request. `caution`: it may well fail. `note`: experiments that tell
 * nothing, or a change of the answers.
 */
export interface GuideWarning {
  /** Stable, such as `engine-refuses-value`. */
  readonly id: string;
  readonly level: (typeof WARNING_LEVELS)[number];
  /** As the task calls it; null where it is about several or none. */
  readonly parameter: string | null;
  readonly words: string;
  /** Where the engine's makers say so. */
  readonly source: string | null;
}
