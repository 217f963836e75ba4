/** What `autotuner cluster uninstall` removes, and what keeps it from doing so. */
import type { KubernetesObject } from '@kubernetes/client-node';
import { readPods } from '../../backends/ome/evidence.js';
import { BENCHMARK_JOB, INFERENCE_SERVICE, LEASE } from '../../backends/ome/kinds.js';
import { OWNED_SELECTOR } from '../../backends/ome/ownership.js';
import type { Cluster, CustomKind } from '../../platform/kubernetes/cluster.js';
import { isNotFound } from '../../platform/kubernetes/cluster.js';
import { ownObjects } from './manifests.js';
import { deleteObject, describeObject, isOurs, readObject } from './objects.js';

/** What experiments have in the namespace, as `Kind name`: each needs the role that would be removed. */
export async function experimentObjects(cluster: Cluster, namespace: string): Promise<string[]> {
  const [pods, ...objects] = await Promise.all([
    readPods(cluster, namespace, OWNED_SELECTOR),
    ...[INFERENCE_SERVICE, BENCHMARK_JOB, LEASE].map((kind) => listNames(cluster, kind, namespace)),
  ]);
  return [...objects.flat(), ...pods.map(({ metadata }) => `Pod ${metadata.name}`)];
}

/** A cluster without OME knows some of the kinds not at all. */
async function listNames(cluster: Cluster, kind: CustomKind, namespace: string): Promise<string[]> {
  try {
    const { items } = await cluster.list(kind, namespace, { labelSelector: OWNED_SELECTOR });
    return items.map(({ metadata }) => `${kind.kind} ${metadata.name}`);
  } catch (error) {
    if (isNotFound(error)) return [];
    throw error;
  }
}

export interface Removal {
  readonly title: string;
  /** What will happen to it, or has: in a few words. */
  readonly result: string;
}

/**
 * Goes through what `install` makes, in the opposite order. The namespace stays: whatever else lives in it would go with it.
 * @param really false only looks.
 */
export async function* removeOwn(cluster: Cluster, namespace: string, really: boolean): AsyncGenerator<Removal> {
  const objects = (await ownObjects(namespace)).filter(({ kind }) => kind !== 'Namespace');
  for (const object of objects.reverse()) {
    yield { title: describeObject(object), result: await removeOne(cluster, object, really) };
  }
}

async function removeOne(cluster: Cluster, object: KubernetesObject, really: boolean): Promise<string> {
  const existing = await readObject(cluster, object);
  if (!existing) return 'is not there';
  if (!isOurs(existing)) return 'is not ours: left alone';
  if (!really) return 'would be removed';
  await deleteObject(cluster, existing);
  return 'removed';
}
