/**
 * The task file: what a user asks for. The prototype's format is the base and stays valid as it is; everything else is optional.
 * The JSON Schema in schemas/task.schema.json is generated from here (`npm run schemas`). docs/task-file.md explains each field.
 */
import { z } from 'zod';
import { budgetSchema, stopWhenSchema } from './budget.schema.js';
import { dockerSchema } from './docker.schema.js';
import { processEnvironment } from './environment.schema.js';
import { refuseSecretArguments, refuseSecretParameters, refuseSecrets } from './no-secrets.js';
import { costSchema, goodputSchema, loadWeightsSchema, objectiveSchema, overLoadsSchema } from './objective.schema.js';
import { omeSchema } from './ome.schema.js';
import { arrivalSchema, requestRateSchema, traceSchema } from './open-loop.schema.js';
import { slosSchema } from './slo.schema.js';
import { STRATEGIES } from '../space/strategy.js';
import { baselineSchema, startsSchema, verificationSchema } from './verification.schema.js';

/** Safe as a file name, a workflow id and the stem of a DNS name. */
const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
/** A model name may be a hub id such as `org/model`; it never climbs out of a folder. */
const MODEL_NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]|\/(?!\.))*$/;
const PARAMETER_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,62}$/;
/** genai-bench's scenario grammar: D(100,100), N(480,240)/(300,150), U(50,100)/(200,250), E(1024), dataset, ... */
const SCENARIO = /^(?:dataset|[A-Z]\(\d+(?:,\d+)*\)(?:\/\(\d+(?:,\d+)*\))?)$/;

const seconds = z
  .number()
  .positive()
  .max(7 * 24 * 3600);
const value = z.union([z.string().max(1000), z.number(), z.boolean()]);

const choiceSchema = z.strictObject({
  type: z.literal('choice').describe('One of the listed values.'),
  values: z
    .array(value)
    .min(1)
    .max(1000)
    .refine(
      (values) => new Set(values.map((item) => JSON.stringify(item))).size === values.length,
      'lists a value twice'
    ),
});
const range = {
  scale: z.enum(['linear', 'log']).default('linear').describe('How the values between min and max are spaced.'),
};
const intSchema = z
  .strictObject({
    type: z.literal('int').describe('A whole number.'),
    min: z.int(),
    max: z.int(),
    step: z.int().positive().optional().describe('linear: the difference (1); log: the factor (2).'),
    ...range,
  })
  .superRefine(checkRange);
const floatSchema = z
  .strictObject({
    type: z.literal('float').describe('A number.'),
    min: z.number(),
    max: z.number(),
    step: z.number().positive().optional().describe('linear: the difference; log: the factor. Default: eleven values.'),
    ...range,
  })
  .superRefine(checkRange);
const boolSchema = z.strictObject({ type: z.literal('bool').describe('false and true.') });

function checkRange(
  spec: { type: string; min: number; max: number; scale: 'linear' | 'log'; step?: number | undefined },
  context: { addIssue(issue: { code: 'custom'; message: string; path: string[] }): void }
): void {
  const refuse = (path: string, message: string): void => context.addIssue({ code: 'custom', message, path: [path] });
  if (spec.max < spec.min) refuse('max', `is below min (${spec.min})`);
  if (spec.scale === 'log' && spec.min <= 0) refuse('min', 'must be above 0 on a log scale');
  if (spec.scale === 'log' && spec.step !== undefined && spec.step <= 1)
    refuse('step', 'is a factor on a log scale and must be above 1');
}

export const parameterSchema = z.discriminatedUnion('type', [choiceSchema, intSchema, floatSchema, boolSchema]);

const engineSchema = z.union([
  z.enum(['llama.cpp', 'sglang', 'vllm']),
  z.strictObject({
    command: z
      .array(z.string().min(1).max(4096))
      .min(1)
      .max(100)
      .superRefine(refuseSecretArguments)
      .describe(
        'Executable and arguments; {port} {host} {model} {alias} {api_key_file} are replaced, parameters are appended as flags.'
      ),
  }),
]);

export const taskSchema = z.strictObject({
  $schema: z.string().optional(),
  task_name: z
    .string()
    .regex(NAME, "must be 1 to 63 letters, digits, '.', '_' or '-', and begin and end with a letter or digit"),
  description: z.string().max(4000).default(''),
  backend: z
    .enum(['ome', 'docker', 'process'])
    .default('ome')
    .describe('Where the engine runs. The prototype knew OME only.'),
  engine: engineSchema.default('sglang').describe('What runs.'),
  engine_args: z
    .record(z.string().regex(PARAMETER_NAME), value)
    .superRefine(refuseSecrets)
    .default({})
    .describe('Fixed engine arguments, the same in every experiment.'),
  model: z.strictObject({
    name: z.string().max(200).regex(MODEL_NAME, 'must be letters, digits, ., _, - and single slashes'),
    namespace: z
      .string()
      .max(63)
      .regex(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, 'must be a DNS label')
      .default('autotuner'),
    path: z
      .string()
      .min(1)
      .max(4096)
      .optional()
      .describe('The model on the machine that serves it; default: looked up by name.'),
  }),
  base_runtime: z
    .string()
    .max(253)
    .regex(/^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/, 'must be a DNS name')
    .optional()
    .describe("OME's ClusterServingRuntime."),
  parameters: z
    .record(z.string().regex(PARAMETER_NAME, 'must be a flag name: letters, digits, _ and -'), parameterSchema)
    .refine((parameters) => Object.keys(parameters).length <= 64, 'has more than 64 parameters')
    .superRefine(refuseSecretParameters),
  constraints: z
    .array(z.string().min(1).max(2000))
    .max(100)
    .default([])
    .describe('Expressions that every combination must satisfy.'),
  optimization: z.strictObject({
    strategy: z.enum(STRATEGIES).default('bayesian').describe('How combinations are chosen: docs/search.md.'),
    objective: objectiveSchema.default('minimize_latency'),
    over_loads: overLoadsSchema.optional(),
    max_iterations: z.int().positive().max(1_000_000).default(100).describe('The most experiments of the search.'),
    timeout_per_iteration: seconds.default(600).describe('Seconds until an engine must serve.'),
    parallelism: z
      .int()
      .positive()
      .max(500)
      .default(1)
      .describe('The most experiments at once; the places of the hosts limit it further.'),
    early_end: z
      .union([
        z.boolean(),
        z.strictObject({
          worse_by: z
            .number()
            .min(0.1)
            .max(100)
            .default(0.5)
            .describe('0.5 ends what is 1.5 times as bad as the best so far on the same loads.'),
        }),
      ])
      .optional()
      .describe(
        'Measure the light loads first, and end experiments there that miss an SLO or are far behind the best.'
      ),
    stop_when: stopWhenSchema.optional(),
    seed: z
      .int()
      .nonnegative()
      .max(2 ** 31 - 1)
      .optional()
      .describe('Another one gives another search (0).'),
    reuse: z
      .boolean()
      .optional()
      .describe(
        'Whether the search starts from what earlier tunes have learned. Default: true, and false with a seed.'
      ),
  }),
  slos: slosSchema.optional(),
  cost: costSchema.optional(),
  budget: budgetSchema.optional(),
  baseline: baselineSchema
    .default(true)
    .describe("What the winner is compared with: the engine's own defaults (true), nothing, or the given parameters."),
  verification: verificationSchema.prefault({}).describe('The finals, in which the gain is measured.'),
  aa: startsSchema
    .optional()
    .describe(
      'Measures the baseline so many times, each on a fresh start, and nothing else: the noise of this set-up.'
    ),
  benchmark: z.strictObject({
    runner: z
      .enum(['genai-bench', 'ome-benchmark-job', 'aiperf'])
      .optional()
      .describe(
        'Who makes the load. Default: aiperf for request_rate and trace; else ome-benchmark-job with the backend ome, as the prototype did; else genai-bench.'
      ),
    task: z
      .string()
      .regex(/^[a-z]+(?:-[a-z]+)*$/)
      .default('text-to-text'),
    model_name: z
      .string()
      .min(1)
      .max(200)
      .regex(MODEL_NAME)
      .describe('The name under which the engine serves the model.'),
    model_tokenizer: z.string().min(1).max(4096).optional().describe('A folder with tokenizer.json, or a hub id.'),
    traffic_scenarios: z
      .array(
        z
          .string()
          .max(100)
          .regex(SCENARIO, "must look like 'D(100,100)', 'N(480,240)/(300,150)' or 'U(50,100)/(200,250)'")
      )
      .min(1)
      .max(32)
      .default(['D(100,100)']),
    num_concurrency: z
      .array(z.int().positive().max(10_000))
      .min(1)
      .max(32)
      .optional()
      .describe('Requests in flight: each scenario is measured at each number. Default: [1].'),
    request_rate: requestRateSchema.optional(),
    arrival: arrivalSchema.optional(),
    trace: traceSchema.optional(),
    load_weights: loadWeightsSchema.optional(),
    goodput: goodputSchema.optional(),
    max_time_per_iteration: z.int().positive().max(1440).default(10).describe('Minutes per load.'),
    max_requests_per_iteration: z.int().positive().max(10_000_000).default(50).describe('Requests per load.'),
    additional_params: z
      .record(z.string().max(100), z.unknown())
      .superRefine(refuseSecrets)
      .default({})
      .describe('Sent with every request.'),
    warmup_requests: z
      .int()
      .nonnegative()
      .max(10_000)
      .default(4)
      .describe('Requests before the measurement, at least; they are not measured.'),
    warm_up: z
      .enum(['requests', 'steady'])
      .optional()
      .describe(
        'steady: go on with requests like those of the loads until their latency is steady, within timeouts.warm_up.'
      ),
    repeats: z.int().positive().max(20).optional().describe('How often each load is measured on one engine start (1).'),
    prefix_cache: z
      .enum(['reset', 'reset_each_load', 'keep'])
      .optional()
      .describe(
        'reset (default): empty it before each start of the load generator, where the engine offers that; reset_each_load: one start per load.'
      ),
    max_error_rate: z
      .number()
      .min(0)
      .max(1)
      .default(0.05)
      .describe('A load with a larger share of failed requests has failed.'),
  }),
  timeouts: z
    .strictObject({
      deploy: seconds.default(120),
      start: seconds.optional().describe('Default: optimization.timeout_per_iteration.'),
      warm_up: seconds.default(300),
      benchmark: seconds.optional().describe('Default: from the number of loads and max_time_per_iteration.'),
      experiment: seconds.optional().describe('Default: the sum of the others.'),
      host_lost: seconds
        .default(180)
        .describe('A host that takes no task for this long counts as gone, and another one starts afresh.'),
    })
    .prefault({})
    .describe('Seconds per phase.'),
  process: z
    .strictObject({
      port: z.int().min(1024).max(65535).optional().describe('Default: a free port per experiment.'),
      environment: processEnvironment
        .default({})
        .describe(
          "Variables of the engine. A secret is a reference that its worker resolves: 'env:NAME', 'file:/path'."
        ),
    })
    .prefault({})
    .describe('Settings of the process backend.'),
  docker: dockerSchema.optional().describe('Settings of the backend docker, which needs at least an image.'),
  ome: omeSchema.prefault({}).describe('Settings of the backend ome and of the runner ome-benchmark-job.'),
});

/** The task as written by a user: only what they gave. */
export type TaskFile = z.input<typeof taskSchema>;
type Completed = z.output<typeof taskSchema>;
type Benchmark = Completed['benchmark'];
type Optimization = Completed['optimization'];
/** The task with every default filled in. */
export type TuningTask = Completed & {
  readonly benchmark: Benchmark & { readonly runner: NonNullable<Benchmark['runner']> };
  readonly optimization: Optimization & { readonly seed: number; readonly reuse: boolean };
};
export type ParameterSpec = z.output<typeof parameterSchema>;
