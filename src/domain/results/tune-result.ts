/** The results file: the prototype's, and more. schemas/results.schema.json is generated from here. */
import { z } from 'zod';
import { assessmentSchema, frontMemberSchema, loadComparisonSchema, scoringResultSchema } from './assessment.schema.js';
import { loadShape } from '../loads/load.schema.js';
import { END_REASONS, type Ended } from '../budget/ended.js';
import { VERDICT_KINDS } from '../verdict/verdict.js';

const finite = z.number();
const distribution = z.strictObject({
  mean: finite,
  stddev: finite,
  min: finite,
  max: finite,
  p25: finite,
  p50: finite,
  p75: finite,
  p90: finite,
  p95: finite,
  p99: finite,
});

const span = z.object({ mean: finite, max: finite.optional() });
/** What is not offered by an engine, or cannot be told, is absent. */
const engineMetricsSchema = z
  .object({
    engine: z.enum(['sglang', 'vllm', 'llama.cpp']),
    samples: z.int().positive().describe('How often the engine was asked while it was at work.'),
    requests_running: span.optional(),
    requests_waiting: span.optional(),
    kv_cache_usage: span.optional().describe('From 0 to 1.'),
    prefix_cache_hit_rate: z.number().min(0).max(1).optional().describe('Of the tokens of the prompts.'),
    generation_tokens_per_s: span.optional(),
    prompt_tokens_per_s: span.optional().describe('Computed ones, without what came from the prefix cache.'),
    preemptions: finite
      .nonnegative()
      .optional()
      .describe('Requests that had to be put back for want of room in the KV cache.'),
  })
  .describe('What the engine itself said while the load was made.');

export const measurementSchema = z.strictObject({
  ...loadShape,
  duration_s: finite,
  completed_requests: z.int().nonnegative(),
  failed_requests: z.int().nonnegative(),
  error_rate: z.number().min(0).max(1),
  error_codes: z.record(z.string(), z.int().nonnegative()),
  requests_per_s: finite,
  output_tokens_per_s: finite,
  input_tokens_per_s: finite,
  total_tokens_per_s: finite,
  ttft_s: distribution,
  tpot_s: distribution,
  e2e_latency_s: distribution,
  goodput_requests_per_s: finite.nonnegative().optional(),
  goodput_share: z.number().min(0).max(1).optional(),
  sent_requests_per_s: finite.nonnegative().optional().describe('Of requests at a rate: those really sent.'),
  saturated: z
    .boolean()
    .optional()
    .describe('Requests came faster than they were answered: they queued up, and latencies grew.'),
  disturbances: z
    .int()
    .positive()
    .optional()
    .describe('How often the way to the engine broke meanwhile: the numbers are not to be trusted.'),
  repeats: z
    .strictObject({
      count: z.int().positive(),
      spread: z.record(z.string(), finite).describe('Relative standard deviation of the means, by field.'),
    })
    .optional()
    .describe('Present where the load was measured several times on the same engine start.'),
  engine_metrics: engineMetricsSchema.optional(),
});

const experimentResultSchema = z.strictObject({
  experiment_id: z.int().nonnegative().describe('0 is the baseline; the search begins with 1.'),
  parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  status: z
    .enum(['success', 'infeasible', 'failed', 'cancelled'])
    .describe("`success` is the prototype's word for succeeded."),
  /** Means over the loads; null unless it was measured. */
  metrics: z.record(z.string(), finite).nullable(),
  objective_score: finite.nullable().describe('Lower is better; throughput is negated.'),
  objective_scores: z.array(finite).optional().describe('One per objective, where there are several.'),
  ...assessmentSchema,
  loads: z.array(measurementSchema),
  failure: z
    .strictObject({ code: z.string(), message: z.string(), next_step: z.string(), evidence: z.array(z.string()) })
    .nullable(),
  timings_s: z.record(z.string(), finite),
  provenance: z
    .strictObject({
      host: z.string(),
      engine: z.string(),
      engine_version: z.string(),
      model: z.string(),
      benchmark_version: z.string(),
      hardware: z.string().optional().describe('Processors, memory and accelerators of the engine.'),
      command: z.array(z.string()).nullable(),
      load_average: finite,
      warm_up: z
        .strictObject({ requests: z.int(), seconds: finite, steady: z.boolean().optional() })
        .optional()
        .describe('The requests before the measurement, and whether their latency had become steady.'),
      prefix_cache: z
        .enum(['reset', 'off', 'kept', 'not-reset'])
        .optional()
        .describe('What the engine still knew of earlier prompts when the measurement began.'),
    })
    .nullable(),
  artifacts_uri: z.string().nullable(),
  ended_early: z
    .strictObject({ kind: z.enum(['slo', 'hopeless']), after: z.string(), reason: z.string() })
    .optional()
    .describe('It did not measure all its loads; objective_score is an estimate.'),
  max_load: z
    .strictObject({
      concurrency: z.int().nullable(),
      probes: z.array(z.strictObject({ concurrency: z.int(), holds: z.boolean(), missed: z.string().optional() })),
    })
    .optional()
    .describe('The search for the highest concurrency at which every SLO holds.'),
  leaks: z
    .array(z.strictObject({ kind: z.string(), name: z.string(), reason: z.string(), command: z.string() }))
    .describe('What its tear-down could not remove.'),
});

const gainSchema = z
  .strictObject({ percent: finite, low: finite, high: finite })
  .describe("In per cent of the baseline's value: 20 is a latency 20 % lower, or a throughput 20 % higher.");
const verdictSchema = z.strictObject({
  kind: z.enum(VERDICT_KINDS),
  winner: z.int().positive().nullable().describe('The finalist that is better than the baseline.'),
  compared: z.int().positive().nullable().describe('The experiment that the gain is of.'),
  gain: gainSchema.nullable(),
  rounds: z.int().nonnegative(),
  measurements: z.int().nonnegative().describe('What the finals cost.'),
  confidence: finite,
  noise: z.strictObject({ percent: finite, degrees_of_freedom: z.int().positive() }).nullable(),
  words: z.string(),
  loads: z.array(
    z.strictObject({
      ...loadShape,
      baseline: finite.nullable().describe('Geometric mean over the rounds.'),
      compared: finite.nullable(),
      gain: gainSchema.nullable(),
      noise_percent: finite.nullable(),
      within_start_percent: finite.nullable(),
    })
  ),
});

const amounts = {
  experiments: z.int().nonnegative().optional(),
  wall_time: finite.optional(),
  accelerator_hours: finite.optional(),
  money: finite.optional(),
};

const reusedSchema = z
  .strictObject({
    observations: z.int().nonnegative().describe('What the search began with; none of it counts as a measurement.'),
    tunes: z.array(
      z.strictObject({
        task_name: z.string(),
        run_id: z.string(),
        stored_at: z.string(),
        observations: z.int().nonnegative(),
        crashed: z.int().nonnegative().describe('How many of them did not work.'),
        used: z.boolean().describe('False where this tune turned out to run on something else.'),
        engine_version: z.string(),
        hardware: z.string(),
      })
    ),
    known_to_crash: z.array(
      z.strictObject({
        parameters: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
        code: z.string(),
      })
    ),
    skipped: z.array(z.strictObject({ name: z.string(), reason: z.string() })),
  })
  .describe('What the search has learned from earlier tunes.');

export const resultsSchema = z.strictObject({
  $schema: z.string().optional(),
  task_name: z.string(),
  total_experiments: z.int().nonnegative(),
  successful_experiments: z.int().nonnegative(),
  elapsed_time: finite.describe('Seconds.'),
  best_result: experimentResultSchema
    .nullable()
    .describe('Of the search; the verified winner where the verdict names one.'),
  all_results: z.array(experimentResultSchema).describe('Of the search.'),
  baseline: experimentResultSchema.nullable(),
  finalists: z
    .array(
      z.strictObject({
        experiment_id: z.int().nonnegative(),
        rounds: z.array(experimentResultSchema.extend({ round: z.int().positive() })),
      })
    )
    .describe('The measurements of the finals, the baseline first.'),
  verdict: verdictSchema,
  nearest_result: experimentResultSchema
    .optional()
    .describe('Where nothing is feasible: what misses the SLOs the least.'),
  pareto_front: z
    .array(frontMemberSchema)
    .optional()
    .describe('With several objectives: every experiment that no other one beats in all of them.'),
  comparison: z
    .array(loadComparisonSchema)
    .optional()
    .describe('The best against the baseline at every load; single measurements.'),
  /** One sentence for a person. */
  answer: z.string(),
  stopped_early: z.boolean().describe('By a command, a cancellation or a failure.'),
  ended: z
    .strictObject({ reason: z.enum(END_REASONS), stage: z.enum(['search', 'finals']), words: z.string() })
    .optional()
    .describe('Why nothing more was measured; absent while the tune runs.'),
  spent: z
    .strictObject({
      ...amounts,
      currency: z.string().optional(),
      budget: z.strictObject(amounts).optional().describe('The limits.'),
    })
    .describe('By the whole tune, with the baseline and the finals. wall_time: seconds, without pauses.'),
  /** The command line that starts the winner by hand. */
  best_command: z.string().nullable(),
  ran: z.strictObject({
    autotuner_version: z.string(),
    node_version: z.string(),
    machine: z.string(),
    workflow_id: z.string(),
    run_id: z.string(),
    retry_of: z
      .string()
      .optional()
      .describe('The run whose failed experiments this one repeated; the other results are from there.'),
    seed: z.int(),
    reused: reusedSchema.optional(),
    started_at: z.string(),
    finished_at: z.string(),
    model: z.string(),
    ...scoringResultSchema,
    task: z.record(z.string(), z.unknown()).optional().describe('The whole task, with every default.'),
  }),
});

export type ResultsFile = z.output<typeof resultsSchema>;
export type ExperimentResult = ResultsFile['all_results'][number];

/** What a tune returns: the short form. The whole is in the results file. */
export interface TuneResult {
  readonly taskName: string;
  /** For a person: the winner with its score and the verdict, or why there is none. */
  readonly answer: string;
  readonly totalExperiments: number;
  readonly successfulExperiments: number;
  readonly elapsedSeconds: number;
  readonly stoppedEarly: boolean;
  /** Why nothing more was measured. */
  readonly ended: Ended | null;
  readonly spent: ResultsFile['spent'];
  readonly best: ExperimentResult | null;
  readonly bestCommand: string | null;
  /** Where nothing is feasible: what misses the SLOs the least. */
  readonly nearest?: ExperimentResult;
  readonly verdict: ResultsFile['verdict'];
  /** Paths on the machine that wrote them. */
  readonly resultsFile: string;
  readonly csvFile: string;
}
