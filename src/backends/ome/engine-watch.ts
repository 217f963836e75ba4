/** One engine in the cluster, as it is now: its InferenceService, its pods and their events, by watching. */
import type { KubernetesObject } from '@kubernetes/client-node';
import { z } from 'zod';
import type { Cluster } from '../../platform/kubernetes/cluster.js';
import { listOf, text } from '../../platform/kubernetes/lenient.js';
import { watchList, type WatchRequest } from '../../platform/kubernetes/watch.js';
import { engineSelector, listEvents, listPods } from './evidence.js';
import { INFERENCE_SERVICE } from './kinds.js';
import { isReady, readEvents, readPod, type PodState } from './pod-state.js';
import type { EngineView } from './recognise.js';

const serviceSchema = z.object({
  metadata: z.object({ uid: text() }),
  status: z
    .object({
      conditions: listOf(z.object({ type: z.string(), status: z.string() })),
      url: z.string().nullable().catch(null),
    })
    .catch({ conditions: [], url: null }),
});

/** What is known at one moment. */
export interface EngineSnapshot extends EngineView {
  /** Whether the InferenceService is there. */
  readonly exists: boolean;
  /** What OME says; it is not believed alone. */
  readonly ready: boolean;
  /** The address inside the cluster, once OME has given it one. */
  readonly url: string | null;
  readonly readyPod: PodState | null;
}

/**
 * Watches until `signal` fires.
 * @param onChange called with what is known whenever something has changed, and first when all three lists are known.
 * @throws TunerError when the account may not read one of them.
 */
export async function watchEngine(
  cluster: Cluster,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  signal: AbortSignal,
  onChange: (snapshot: EngineSnapshot) => void
): Promise<void> {
  const known: {
    services?: readonly KubernetesObject[];
    pods?: readonly KubernetesObject[];
    events?: readonly KubernetesObject[];
  } = {};
  const changed = (part: Partial<typeof known>): void => {
    Object.assign(known, part);
    if (known.services && known.pods && known.events)
      onChange(snapshotOf(name, known.services, known.pods, known.events));
  };
  // When one of them fails for good, the others are of no use.
  const stop = new AbortController();
  const watching = AbortSignal.any([signal, stop.signal]);
  const watch = (request: Omit<WatchRequest, 'signal'>): Promise<void> =>
    watchList(cluster.config, { ...request, signal: watching }).catch((error: unknown) => {
      stop.abort();
      throw error;
    });
  const byName = { fieldSelector: `metadata.name=${name}` };
  const byLabel = { labelSelector: engineSelector(name) };
  await Promise.all([
    watch({
      path: `/apis/ome.io/v1beta1/namespaces/${namespace}/inferenceservices`,
      query: byName,
      list: (ended) => cluster.list(INFERENCE_SERVICE, namespace, byName, ended),
      onChange: (services) => changed({ services }),
    }),
    watch({
      path: `/api/v1/namespaces/${namespace}/pods`,
      query: byLabel,
      list: (ended) => listPods(cluster, namespace, byLabel.labelSelector, ended),
      onChange: (pods) => changed({ pods }),
    }),
    watch({
      path: `/api/v1/namespaces/${namespace}/events`,
      query: {},
      list: (ended) => listEvents(cluster, namespace, ended),
      onChange: (events) => changed({ events }),
    }),
  ]);
}

/** From the three lists to what is known; whatever of them cannot be read is left out. */
export function snapshotOf(
  name: string,
  services: readonly KubernetesObject[],
  podObjects: readonly KubernetesObject[],
  events: readonly KubernetesObject[]
): EngineSnapshot {
  const service = serviceSchema.safeParse(services[0]).data;
  const pods = podObjects.map((object) => readPod(object)).filter((pod) => pod !== null);
  return {
    uid: service?.metadata.uid ?? '',
    exists: service !== undefined,
    ready: service?.status.conditions.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false,
    url: service?.status.url ?? null,
    pods,
    readyPod: pods.find(isReady) ?? null,
    events: readEvents(events, name),
  };
}
