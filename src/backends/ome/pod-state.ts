/** What the cluster says about a pod, as far as it matters here; read with care, since it is somebody else's. */
import type { KubernetesObject } from '@kubernetes/client-node';
import { z } from 'zod';

const terminatedSchema = z.object({
  exitCode: z.number(),
  signal: z.number().optional(),
  reason: z.string().default(''),
  message: z.string().default(''),
});
const stateSchema = z.object({
  waiting: z.object({ reason: z.string().default(''), message: z.string().default('') }).optional(),
  terminated: terminatedSchema.optional(),
  running: z.unknown().optional(),
});
const containerSchema = z.object({
  name: z.string(),
  ready: z.boolean().default(false),
  restartCount: z.number().default(0),
  image: z.string().default(''),
  imageID: z.string().default(''),
  state: stateSchema.default({}),
  lastState: stateSchema.default({}),
});
const podSchema = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string().default(''),
    creationTimestamp: z.coerce.date().optional(),
    deletionTimestamp: z.coerce.date().optional(),
  }),
  spec: z.object({ nodeName: z.string().optional() }).default({}),
  status: z
    .object({
      phase: z.string().default('Pending'),
      reason: z.string().default(''),
      message: z.string().default(''),
      conditions: z
        .array(
          z.object({
            type: z.string(),
            status: z.string(),
            reason: z.string().default(''),
            message: z.string().default(''),
            lastTransitionTime: z.coerce.date().optional(),
          })
        )
        .default([]),
      initContainerStatuses: z.array(containerSchema).default([]),
      containerStatuses: z.array(containerSchema).default([]),
    })
    .prefault({}),
});

export type PodState = z.output<typeof podSchema>;
export type ContainerState = z.output<typeof containerSchema>;
export type Terminated = z.output<typeof terminatedSchema>;

/** Null for what is no pod. */
export function readPod(object: KubernetesObject): PodState | null {
  return podSchema.safeParse(object).data ?? null;
}

export function isReady({ metadata, status }: PodState): boolean {
  return (
    metadata.deletionTimestamp === undefined &&
    status.phase === 'Running' &&
    status.conditions.some(({ type, status: value }) => type === 'Ready' && value === 'True')
  );
}

const eventSchema = z.object({
  type: z.string().default('Normal'),
  reason: z.string().default(''),
  message: z.string().default(''),
  count: z.number().default(1),
  involvedObject: z.object({ kind: z.string().default(''), name: z.string().default(''), uid: z.string().default('') }),
  lastTimestamp: z.coerce.date().nullish(),
  eventTime: z.coerce.date().nullish(),
  metadata: z.object({ creationTimestamp: z.coerce.date().nullish() }),
});

export interface EventState {
  readonly warning: boolean;
  readonly reason: string;
  readonly message: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly atMs: number;
}

/** The events of an engine's objects, the oldest first. */
export function readEvents(objects: readonly KubernetesObject[], name: string): EventState[] {
  return objects
    .flatMap((object) => {
      const event = eventSchema.safeParse(object).data;
      if (!event) return [];
      const { involvedObject: about, lastTimestamp, eventTime, metadata } = event;
      if (about.name !== name && !about.name.startsWith(`${name}-`)) return [];
      return [
        {
          warning: event.type === 'Warning',
          reason: event.reason,
          message: event.message.slice(0, 1000),
          kind: about.kind,
          name: about.name,
          uid: about.uid,
          atMs: (lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? new Date(0)).getTime(),
        },
      ];
    })
    .sort((a, b) => a.atMs - b.atMs);
}

export function describeEvent({ kind, name, reason, message }: EventState): string {
  return `${kind}/${name}: ${reason}: ${message.replace(/\s+/g, ' ').trim()}`.slice(0, 400);
}
