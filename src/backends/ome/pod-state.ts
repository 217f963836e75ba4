/** What the cluster says about a pod, as far as it matters here; read with care, since it is somebody else's. */
import type { KubernetesObject } from '@kubernetes/client-node';
import { z } from 'zod';
import { listOf, number, text, time } from '../../platform/kubernetes/lenient.js';

/** An exit without a code is an exit all the same. */
const UNKNOWN_EXIT = -1;

const terminatedSchema = z.object({
  exitCode: number(UNKNOWN_EXIT),
  signal: z.number().optional().catch(undefined),
  reason: text(),
  message: text(),
});
const stateSchema = z
  .object({
    waiting: z.object({ reason: text(), message: text() }).optional().catch(undefined),
    terminated: terminatedSchema.optional().catch(undefined),
    running: z.unknown().optional(),
  })
  .catch({});
const containerSchema = z.object({
  name: z.string(),
  ready: z.boolean().catch(false),
  restartCount: number(0),
  image: text(),
  imageID: text(),
  state: stateSchema,
  lastState: stateSchema,
});
const conditionSchema = z.object({
  type: z.string(),
  status: z.string(),
  reason: text(),
  message: text(),
  lastTransitionTime: time,
});
const statusSchema = z.object({
  phase: text('Pending'),
  reason: text(),
  message: text(),
  conditions: listOf(conditionSchema),
  initContainerStatuses: listOf(containerSchema),
  containerStatuses: listOf(containerSchema),
});
const podSchema = z.object({
  metadata: z.object({ name: z.string(), uid: text(), creationTimestamp: time, deletionTimestamp: time }),
  spec: z.object({ nodeName: z.string().optional().catch(undefined) }).catch({}),
  status: statusSchema.catch(() => statusSchema.parse({})),
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
  type: text('Normal'),
  reason: text(),
  message: text(),
  involvedObject: z.object({ kind: text(), name: text(), uid: text() }),
  lastTimestamp: time,
  eventTime: time,
  metadata: z.object({ creationTimestamp: time }).catch({ creationTimestamp: undefined }),
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
          atMs: (lastTimestamp ?? eventTime ?? metadata.creationTimestamp)?.getTime() ?? 0,
        },
      ];
    })
    .sort((a, b) => a.atMs - b.atMs);
}

export function describeEvent({ kind, name, reason, message }: EventState): string {
  return `${kind}/${name}: ${reason}: ${message.replace(/\s+/g, ' ').trim()}`.slice(0, 400);
}
