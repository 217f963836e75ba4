/** Objects of any kind, one at a time: read, applied, and deleted only when they are ours. */
import { KubernetesObjectApi, PatchStrategy, type KubernetesObject } from '@kubernetes/client-node';
import { MANAGED_BY } from '../../backends/ome/ownership.js';
import { FIELD_MANAGER, isNotFound, type Cluster } from '../../platform/kubernetes/cluster.js';

export function describeObject({ kind, metadata }: KubernetesObject): string {
  return `${kind} ${metadata?.namespace ? `${metadata.namespace}/` : ''}${metadata?.name}`;
}

/** Whether the tuner made it. */
export function isOurs({ metadata }: KubernetesObject): boolean {
  return Object.entries(MANAGED_BY).every(([label, value]) => metadata?.labels?.[label] === value);
}

/** Null when there is none. */
export async function readObject(cluster: Cluster, object: KubernetesObject): Promise<KubernetesObject | null> {
  const api = KubernetesObjectApi.makeApiClient(cluster.config);
  const { apiVersion = '', kind = '', metadata } = object;
  const header = { apiVersion, kind, metadata: { name: metadata?.name ?? '', namespace: metadata?.namespace ?? '' } };
  try {
    return await cluster.request(`read ${describeObject(object)}`, undefined, () => api.read(header));
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

/**
 * Server-side, with our field manager: a field that the server does not know is an error. What others changed in our fields is put
 * right again, so only for what is ours.
 */
export function applyObject(cluster: Cluster, object: KubernetesObject): Promise<KubernetesObject> {
  const api = KubernetesObjectApi.makeApiClient(cluster.config);
  return cluster.request(`apply ${describeObject(object)}`, undefined, () =>
    api.patch(object, undefined, undefined, FIELD_MANAGER, true, PatchStrategy.ServerSideApply)
  );
}

/** Deletes exactly the object that was read, never another one that has got its name. */
export async function deleteObject(cluster: Cluster, existing: KubernetesObject): Promise<void> {
  const api = KubernetesObjectApi.makeApiClient(cluster.config);
  const preconditions = { uid: existing.metadata?.uid ?? '' };
  await cluster.unlessGone(`delete ${describeObject(existing)}`, () =>
    api.delete(existing, undefined, undefined, undefined, undefined, undefined, { preconditions })
  );
}
