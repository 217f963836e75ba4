/** Everything in a namespace that the tuner made. */
import type { Cluster, Manifest } from '../../platform/kubernetes/cluster.js';
import { TunerError } from '../../domain/failures.js';
import type { Owned } from '../types.js';
import { parseLease } from './cluster-lease.js';
import { BENCHMARK_JOB, INFERENCE_SERVICE, LEASE } from './kinds.js';
import { OWNED_SELECTOR, ownerOf } from './ownership.js';

/** What has no lease (any more) counts as alive for so long after it was made: as long as a lease lasts. */
const WITHOUT_LEASE_MS = 900_000;

/** Objects whose owner cannot be read are left out, and so left alone. */
export async function listOwnedObjects(cluster: Cluster, namespace: string): Promise<Owned[]> {
  const selector = { labelSelector: OWNED_SELECTOR };
  const [leases, services, jobs] = await Promise.all([
    cluster.list(LEASE, namespace, selector),
    listUnlessUnknown(cluster, INFERENCE_SERVICE, namespace),
    listUnlessUnknown(cluster, BENCHMARK_JOB, namespace),
  ]);
  const expiry = new Map(leases.items.map((item) => [item.metadata.name, parseLease(item)?.expiresAtMs]));
  return [...leases.items, ...services, ...jobs].flatMap((object) => {
    const owner = ownerOf(object);
    if (!owner) return [];
    const { name } = object.metadata;
    const createdAtMs = new Date(object.metadata.creationTimestamp ?? 0).getTime();
    const expiresAtMs = expiry.get(name) ?? createdAtMs + WITHOUT_LEASE_MS;
    return [{ name, kind: object.kind, owner, createdAtMs, expiresAtMs, alive: object.kind !== 'Lease' }];
  });
}

/** A cluster without OME has none of its objects. Items of a list do not say their kind. */
async function listUnlessUnknown(
  cluster: Cluster,
  kind: typeof INFERENCE_SERVICE,
  namespace: string
): Promise<Manifest[]> {
  try {
    const { items } = await cluster.list(kind, namespace, { labelSelector: OWNED_SELECTOR });
    return items.map((item) => ({ ...item, kind: kind.kind }));
  } catch (error) {
    if (error instanceof TunerError && error.code === 'CLUSTER_KIND_MISSING') return [];
    throw error;
  }
}
