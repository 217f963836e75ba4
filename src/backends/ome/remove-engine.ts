/** Takes an engine down, and believes only what it sees to be gone. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster, CustomKind } from '../../platform/kubernetes/cluster.js';
import type { Manifest } from '../../platform/kubernetes/manifest.js';
import { ClusterError } from '../../platform/kubernetes/cluster-errors.js';
import { TunerError } from '../../domain/failures.js';
import type { Leak } from '../../domain/tuning/experiment.js';
import { engineSelector, readPods } from './evidence.js';
import { DEPLOYMENT, INFERENCE_SERVICE, LEASE } from './kinds.js';
import { ownerOf } from './ownership.js';

/** OME takes 1 to 2 s, a pod its grace period of up to 30 s, a garbage collector that has lost its server a minute; after this it is stuck. */
const GONE_WITHIN_MS = 100_000;
const LOOK_EVERY_MS = 250;

/** @returns what is still there. What is not ours is left alone, and is no leak. */
export async function removeEngine(cluster: Cluster, namespace: string, name: string): Promise<Leak[]> {
  const leak = await removeOwned(cluster, INFERENCE_SERVICE, namespace, name, () => remains(cluster, namespace, name));
  if (leak) return [leak];
  const lease = await cluster.get(LEASE, namespace, name);
  if (lease && ownerOf(lease)) await cluster.delete(LEASE, lease);
  return [];
}

/**
 * Deletes one object of ours and waits until it is gone, with everything that hangs on it.
 * @param remains what of it is still there besides the object itself, in words; empty when nothing is.
 */
export async function removeOwned(
  cluster: Cluster,
  kind: CustomKind,
  namespace: string,
  name: string,
  remains: () => Promise<readonly string[]>
): Promise<Leak | null> {
  const command = `kubectl -n ${namespace} get ${kind.plural}.${kind.group} ${name} -o yaml`;
  const deadline = performance.now() + GONE_WITHIN_MS;
  let asked: string | undefined;
  for (;;) {
    const object = await getUnlessUnknown(cluster, kind, namespace, name);
    if (object && !ownerOf(object)) return null;
    try {
      if (object && asked !== object.metadata.uid) {
        await cluster.delete(kind, object);
        asked = object.metadata.uid;
      }
    } catch (error) {
      if (!(error instanceof TunerError)) throw error;
      const delete_ = `kubectl -n ${namespace} delete ${kind.plural}.${kind.group} ${name}`;
      return { kind: kind.kind, name, reason: `the delete was refused: ${error.message}`, command: delete_ };
    }
    const rest = await remains().catch((error: unknown) => {
      if (error instanceof ClusterError) return ['what the API server would not say'];
      throw error;
    });
    if (!object && rest.length === 0) return null;
    if (performance.now() > deadline) return { kind: kind.kind, name, reason: whyStuck(object, rest), command };
    await sleep(LOOK_EVERY_MS);
  }
}

/** A cluster without OME has none of its objects. */
async function getUnlessUnknown(
  cluster: Cluster,
  kind: CustomKind,
  namespace: string,
  name: string
): Promise<Manifest | null> {
  try {
    return await cluster.get(kind, namespace, name);
  } catch (error) {
    if (error instanceof TunerError && error.code === 'CLUSTER_KIND_MISSING') return null;
    throw error;
  }
}

function whyStuck(object: Manifest | null, rest: readonly string[]): string {
  const finalizers = object?.metadata.finalizers ?? [];
  const waiting =
    finalizers.length > 0 ? `its finalizer ${finalizers.join(', ')} is not removed by its controller` : '';
  const left = rest.length > 0 ? `still there: ${rest.join(', ')}` : '';
  return [`not gone ${GONE_WITHIN_MS / 1000} s after its deletion`, waiting, left].filter(Boolean).join('; ');
}

/** Deployment, services and pods of an InferenceService. */
async function remains(cluster: Cluster, namespace: string, name: string): Promise<string[]> {
  const labelSelector = engineSelector(name);
  const [deployments, pods, services] = await Promise.all([
    cluster.list(DEPLOYMENT, namespace, { labelSelector }),
    readPods(cluster, namespace, labelSelector),
    cluster.request(`list services in ${namespace}`, undefined, (options) =>
      cluster.core.listNamespacedService({ namespace, labelSelector }, options)
    ),
  ]);
  return [
    ...deployments.items.map((item) => `deployment ${item.metadata.name}`),
    ...pods.map((pod) => `pod ${pod.metadata.name}`),
    ...services.items.map((item) => `service ${item.metadata?.name ?? ''}`),
  ];
}
