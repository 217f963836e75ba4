/** Outcomes as they come back from a disk or a history: written by this program, perhaps by another version of it, or cut off. */
import { z } from 'zod';
import { assessmentSchema } from './assessment.schema.js';
import type { ExperimentOutcome } from '../tuning/experiment.js';
import { isFailureCode, type FailureCode } from '../failures.js';
import { measurementSchema } from './tune-result.js';

const seconds = z.number();
const outcomeSchema = z.object({
  experimentId: z.int().nonnegative(),
  role: z.enum(['baseline', 'final']).optional(),
  of: z.int().nonnegative().optional(),
  round: z.int().positive().optional(),
  among: z.array(z.int().positive()).optional(),
  combination: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  status: z.enum(['succeeded', 'infeasible', 'failed', 'cancelled']),
  score: z.number().nullable(),
  scores: z.array(z.number()).optional(),
  logarithmic: z.boolean().optional(),
  ...assessmentSchema,
  // Fields that a later version adds are none of ours.
  measurements: z.array(z.object(measurementSchema.shape)),
  failure: z
    .object({
      code: z.custom<FailureCode>(isFailureCode, 'is no failure code'),
      message: z.string(),
      evidence: z.array(z.string()),
    })
    .nullable(),
  timings: z.object({
    queued: seconds,
    deploying: seconds,
    starting: seconds,
    warming_up: seconds,
    benchmarking: seconds,
    benchmark_tool: seconds,
    tearing_down: seconds,
    total: seconds,
  }),
  provenance: z
    .object({
      host: z.string(),
      engine: z.string(),
      engine_version: z.string(),
      model: z.string(),
      benchmark_version: z.string(),
      hardware: z.string().optional(),
      command: z.array(z.string()).nullable(),
      load_average: z.number(),
      warm_up: z.object({ requests: z.number(), seconds: z.number(), steady: z.boolean().optional() }).optional(),
      prefix_cache: z.enum(['reset', 'off', 'kept', 'not-reset']).optional(),
    })
    .nullable(),
  artifactsUri: z.string().nullable(),
  attempts: z.int().positive(),
  endedEarly: z
    .object({
      kind: z.enum(['slo', 'hopeless']),
      after: z.string(),
      reason: z.string(),
      score: z.number().nullable(),
    })
    .optional(),
  maxLoad: z
    .object({
      concurrency: z.int().nullable(),
      probes: z.array(z.object({ concurrency: z.int(), holds: z.boolean(), missed: z.string().optional() })),
    })
    .optional(),
  leaks: z.array(z.object({ kind: z.string(), name: z.string(), reason: z.string(), command: z.string() })).optional(),
});

/** Null for what is no outcome. */
export function readOutcome(value: unknown): ExperimentOutcome | null {
  const parsed = outcomeSchema.safeParse(value);
  return parsed.success ? (parsed.data as ExperimentOutcome) : null;
}
