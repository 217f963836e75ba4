/**
 * What a task may say about its place in the cluster. It is an allow-list: security contexts, host paths, service accounts and
 * commands have no field here, so that no task can reach them.
 */
import { z } from 'zod';
import { clusterEnvironment } from './environment.schema.js';
import { mountPath } from './mount-path.schema.js';

const DNS_NAME = /^[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?$/;
const dnsName = z.string().max(253).regex(DNS_NAME, 'must be a DNS name');
const labelKey = z
  .string()
  .max(317)
  .regex(/^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\/)?[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/, 'must be a label key');
const labelValue = z
  .string()
  .max(63)
  .regex(/^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)?$/, 'must be a label value, and a string');
const quantity = z
  .string()
  .max(30)
  .regex(/^\d+(?:\.\d+)?(?:m|[kMGTPE]i?)?$/, "must be a quantity such as '8Gi' or '500m'");
const resources = z.record(labelKey, quantity);
const nodeSelector = z.record(labelKey, labelValue).default({});
const toleration = z.strictObject({
  key: labelKey.optional(),
  operator: z.enum(['Exists', 'Equal']).default('Exists'),
  value: labelValue.optional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).optional(),
});
const volume = z
  .strictObject({
    mount_path: mountPath,
    claim: dnsName.optional().describe('A PersistentVolumeClaim of the same namespace.'),
    config_map: dnsName.optional(),
    memory: quantity.optional().describe('A file system in memory of this size, such as /dev/shm.'),
    read_only: z.boolean().default(false),
  })
  .refine(
    ({ claim, config_map, memory }) => [claim, config_map, memory].filter((item) => item !== undefined).length === 1,
    'needs exactly one of claim, config_map and memory'
  );
const image = z
  .string()
  .max(500)
  .regex(/^[\w.-]+(?::\d+)?(?:\/[\w.-]+)*@sha256:[0-9a-f]{64}$/, "must be given by digest: 'registry/name@sha256:...'");

export const omeSchema = z.strictObject({
  accelerator_resource: labelKey.default('nvidia.com/gpu').describe('The resource that one accelerator is.'),
  accelerators: z
    .int()
    .nonnegative()
    .max(1024)
    .optional()
    .describe("Default: tensor times pipeline times data parallelism where the task sets one, else the runtime's own."),
  node_selector: nodeSelector,
  tolerations: z.array(toleration).max(50).default([]),
  environment: clusterEnvironment.default({}),
  volumes: z.array(volume).max(20).default([]),
  image: image.optional().describe("Default: the runtime's image."),
  unschedulable_after: z
    .number()
    .nonnegative()
    .max(24 * 3600)
    .default(20)
    .describe('Seconds for which the scheduler may find no node, while others are being freed or added.'),
  benchmark: z
    .strictObject({
      endpoint: z
        .enum(['inference-service', 'url'])
        .default('inference-service')
        .describe('How the BenchmarkJob names the engine.'),
      claim: dnsName.default('benchmark-results-pvc').describe('The PersistentVolumeClaim for its result files.'),
      image: z
        .string()
        .max(500)
        .regex(/^[\w.-]+(?::\d+)?(?:\/[\w.-]+)*(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?$/)
        .optional(),
      reader_image: z
        .string()
        .max(500)
        .regex(/^[\w.-]+(?::\d+)?(?:\/[\w.-]+)*(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?$/)
        .default('docker.io/library/busybox:1.37.0')
        .describe('An image with sleep and tar: it reads the result files from the claim.'),
      hugging_face_secret: dnsName.optional().describe('A secret of the same namespace with the token.'),
      node_selector: nodeSelector,
      tolerations: z.array(toleration).max(50).default([]),
      environment: clusterEnvironment.default({}),
      resources: resources.default({}).describe('Requests and limits of its container.'),
    })
    .prefault({}),
});
