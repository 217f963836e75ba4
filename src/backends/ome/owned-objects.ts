/** Everything in a namespace that the tuner made. */
import type { Cluster, CustomKind } from '../../platform/kubernetes/cluster.js';
import type { Manifest } from '../../platform/kubernetes/manifest.js';
import { timeOf } from '../../platform/kubernetes/lenient.js';
import { readManifest } from '../../platform/kubernetes/manifest.js';
import { TunerError } from '../../domain/failures.js';
import type { Owned, OwnedList } from '../types.js';
import { parseLease } from './cluster-lease.js';
import { listPods } from './evidence.js';
import { BENCHMARK_JOB, INFERENCE_SERVICE, LEASE } from './kinds.js';
import { OWNED_SELECTOR, ownerOf, READER_SUFFIX } from './ownership.js';

/** What has no lease (any more) counts as alive for so long after it was made: as long as a lease lasts. */
const WITHOUT_LEASE_MS = 900_000;

/**
 * Objects whose owner cannot be read are left out, and so left alone. Kinds that cannot be listed do not hide the others; without the
 * leases, which say who lives, nothing is listed at all.
 */
export async function listOwnedObjects(cluster: Cluster, namespace: string): Promise<OwnedList> {
  const problems: string[] = [];
  const listed = async (what: string, list: () => Promise<Manifest[]>): Promise<Manifest[] | null> => {
    try {
      return await list();
    } catch (error) {
      // A cluster without OME has none of its objects.
      if (error instanceof TunerError && error.code === 'CLUSTER_KIND_MISSING') return [];
      problems.push(`${what} in the namespace ${namespace}: ${error instanceof Error ? error.message : String(error)}`);
      return null;
    }
  };
  // Items of a list do not say their kind.
  const ofKind = (kind: CustomKind) =>
    listed(kind.plural, async () => {
      const { items } = await cluster.list(kind, namespace, { labelSelector: OWNED_SELECTOR });
      return items.map((item) => ({ ...item, kind: kind.kind }));
    });
  const [leases, services, jobs, readers] = await Promise.all([
    ofKind(LEASE),
    ofKind(INFERENCE_SERVICE),
    ofKind(BENCHMARK_JOB),
    listed('pods', () => listReaders(cluster, namespace)),
  ]);
  if (!leases) return { owned: [], problems };
  const expiry = new Map(leases.map((item) => [item.metadata.name, parseLease(item)?.expiresAtMs]));
  const owned = [...leases, ...(services ?? []), ...(jobs ?? []), ...(readers ?? [])].flatMap((object): Owned[] => {
    const owner = ownerOf(object);
    if (!owner) return [];
    const { name } = object.metadata;
    const createdAtMs = timeOf(object.metadata.creationTimestamp) ?? 0;
    const expiresAtMs = expiry.get(name) ?? createdAtMs + WITHOUT_LEASE_MS;
    return [{ name, kind: object.kind, owner, createdAtMs, expiresAtMs, alive: object.kind !== LEASE.kind }];
  });
  return { owned, problems };
}

/** The pods that read result files, under the name of the experiment to which they belong. OME's pods may carry our labels, too. */
async function listReaders(cluster: Cluster, namespace: string): Promise<Manifest[]> {
  const { items } = await listPods(cluster, namespace, OWNED_SELECTOR);
  return items.flatMap((item) => {
    const pod = readManifest(item);
    if (!pod?.metadata.name.endsWith(READER_SUFFIX)) return [];
    const name = pod.metadata.name.slice(0, -READER_SUFFIX.length);
    return [{ ...pod, kind: 'Pod', metadata: { ...pod.metadata, name } }];
  });
}
