/** What this server is, and what it can do. */
import { z } from 'zod';

export const aboutSchema = z.object({
  version: z.string(),
  temporal: z.object({
    address: z.string(),
    namespace: z.string(),
    uiUrl: z.string().nullable().describe("Temporal's UI, where it is known."),
  }),
  hasWorkers: z.boolean(),
  engines: z.array(z.string()),
  backends: z.array(z.string()),
  strategies: z.array(z.string()),
  metrics: z.array(z.object({ name: z.string(), unit: z.string().describe('Empty for a number without one.') })),
  failures: z.record(z.string(), z.object({ meaning: z.string(), nextStep: z.string() })).describe('By failure code.'),
  features: z.object({ history: z.boolean(), report: z.boolean(), guide: z.boolean() }),
  access: z.object({
    tokens: z.boolean().describe('Whether requests need a token.'),
    mayWrite: z.boolean().describe('Whether this one may start and steer tunes.'),
  }),
});
export type About = z.output<typeof aboutSchema>;

export const healthSchema = z.object({ status: z.literal('ok') });

export const readinessSchema = z.object({
  status: z.enum(['ready', 'not-ready']),
  temporal: z.boolean(),
  history: z.boolean().nullable().describe('Null where there is none.'),
  workers: z.boolean().describe('For information: a server without workers is ready.'),
});
export type Readiness = z.output<typeof readinessSchema>;

/** The parameter guide of one engine: what is worth tuning, and presets for the form. */
export { guideSchema, type Guide } from '../../domain/guide/index.js';
