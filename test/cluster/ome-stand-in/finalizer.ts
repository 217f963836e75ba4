/** Finalizers, as OME's controllers handle them: set first, taken off as soon as the object is being deleted. */
import type { KubernetesObject, V1OwnerReference } from '@kubernetes/client-node';
import type { Api } from '../rig/api.js';

/** @returns whether the object is there to stay: otherwise nothing more is to be done for it. */
export async function ensureFinalizer(
  api: Api,
  path: string,
  { metadata }: KubernetesObject,
  name: string
): Promise<boolean> {
  const finalizers = metadata?.finalizers ?? [];
  // The version makes a change of the list that was made meanwhile a conflict.
  const set = (changed: string[]): Promise<unknown> =>
    api.patch(path, { metadata: { finalizers: changed, resourceVersion: metadata?.resourceVersion } });
  if (metadata?.deletionTimestamp) {
    if (finalizers.includes(name)) await set(finalizers.filter((other) => other !== name));
    return false;
  }
  if (!finalizers.includes(name)) await set([...finalizers, name]);
  return true;
}

export function ownerReference({ apiVersion = '', kind = '', metadata }: KubernetesObject): V1OwnerReference {
  const { name = '', uid = '' } = metadata ?? {};
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}
