/**
 * What a task may say about its container. It is an allow-list: privileges, capabilities, networks and the host's name spaces have no
 * field here, so that no task can reach them. Which images, paths and variables it may name, the worker's operator says.
 */
import { z } from 'zod';
import { isByteSize } from './byte-size.js';
import { containerEnvironment } from './environment.schema.js';
import { mountPath } from './mount-path.schema.js';
import { isReference, parseReference } from './secrets.js';

const IMAGE =
  /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5}(?=\/))?(?:\/[a-z0-9](?:[\w.-]*[\w])?)*(?::\w[\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/;
const image = z
  .string()
  .max(500)
  .regex(IMAGE, "must be an image such as 'lmsysorg/sglang:v0.5.2-cu126' or 'registry:5000/name@sha256:...'")
  .refine((name) => /[:@]/.test(name.slice(name.lastIndexOf('/') + 1)), {
    error: 'needs a tag or a digest: what is latest changes from one experiment to the next',
  });

const size = z.string().max(30).refine(isByteSize, "must be an amount of memory such as '32g' or '512m'");

const hostPath = z
  .string()
  .max(4096)
  .regex(/^\/[^\0\r\n:]*$/, 'must be an absolute path without colons')
  .refine((path) => !/\/\.\.?(?:\/|$)/.test(path), { error: 'must not climb' });

const volume = z.strictObject({
  source: hostPath.describe("A path of the daemon's machine that AUTOTUNER_DOCKER_VOLUMES allows."),
  target: mountPath.refine((path) => !/^\/autotuner(?:\/|$)/.test(path), { error: 'belongs to the tuner' }),
  read_only: z.boolean().default(true),
});

const limit = z.int().min(-1);
const ulimit = z.union([limit, z.strictObject({ soft: limit, hard: limit })]).optional();

/** A reference, never the value: a task file is kept in the history. */
const secret = z
  .string()
  .max(4200)
  .refine((text) => isReference(text) && parseReference(text) !== null, {
    error: "must be a reference like 'env:NAME' or 'file:/absolute/path'",
  });

/** `GPU-...`, or a slice of one. */
const device = z.union([
  z.int().nonnegative().max(1023),
  z
    .string()
    .max(100)
    .regex(/^(?:GPU|MIG)-[\w-]+$/, 'must be the number or the UUID of an accelerator'),
]);

export const dockerSchema = z.strictObject({
  image: image.describe('By tag or digest.'),
  entrypoint: z
    .array(z.string().min(1).max(4096))
    .min(1)
    .max(50)
    .optional()
    .describe(
      "What starts the engine; default: python3 for sglang, vllm for vllm, the image's own for llama.cpp. Needs AUTOTUNER_ALLOW_COMMAND."
    ),
  devices: z
    .union([
      z.enum(['auto', 'none', 'all']),
      z
        .array(device)
        .min(1)
        .max(64)
        .refine((list) => new Set(list.map(String)).size === list.length, 'lists a device twice'),
    ])
    .default('auto')
    .describe(
      "auto: those of the experiment's place that are free. A list limits it to these. all: whatever the daemon has, where this worker watches none."
    ),
  port: z.int().min(1024).max(65535).optional().describe('On 127.0.0.1; default: a free one per experiment.'),
  container_port: z.int().min(1).max(65535).default(8000).describe('Where the engine listens inside.'),
  model_mount: mountPath.default('/model').describe('Where the model is in the container, read-only.'),
  environment: containerEnvironment
    .default({})
    .describe("Variables that AUTOTUNER_DOCKER_ENVIRONMENT allows; a secret is a reference: 'env:NAME', 'file:/path'."),
  volumes: z.array(volume).max(20).default([]),
  shm_size: size.optional().describe('Of /dev/shm; tensor parallelism needs gigabytes of it.'),
  memory: size.optional().describe('The most memory of the machine that the container may use, without swap.'),
  cpus: z.number().positive().max(4096).optional(),
  user: z
    .string()
    .max(100)
    .regex(/^[\w.-]+(?::[\w.-]+)?$/, "must be a user, or 'user:group'")
    .optional()
    .describe("Default: the image's."),
  ulimits: z
    .strictObject({
      ...{ memlock: ulimit, stack: ulimit, nofile: ulimit, nproc: ulimit, core: ulimit },
      ...{ data: ulimit, fsize: ulimit, rtprio: ulimit, sigpending: ulimit, msgqueue: ulimit },
    })
    .default({})
    .describe('One number for both limits, or {soft, hard}; -1 is none.'),
  pull: z
    .enum(['missing', 'always', 'never'])
    .default('missing')
    .describe('When the image is pulled; that counts to timeouts.deploy.'),
  registry: z
    .strictObject({
      username: z.string().min(1).max(4200).describe('A name, or a reference.'),
      password: secret.describe("A password or a token, by reference: 'env:NAME' or 'file:/path'."),
    })
    .optional()
    .describe("Credentials of the image's registry."),
});
export type DockerSettings = z.output<typeof dockerSchema>;
