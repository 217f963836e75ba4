/**
 * A Kubernetes Lease per experiment: it says that the experiment lives, and since when. It is an object of its own because OME copies
 * the annotations of an InferenceService into the pods' template, where a renewal would restart the engine
 * (docs/decisions/0006-leases-in-the-cluster.md).
 */
import { z } from 'zod';
import type { Cluster } from '../../platform/kubernetes/cluster.js';
import type { Manifest } from '../../platform/kubernetes/manifest.js';
import { timeOf } from '../../platform/kubernetes/lenient.js';
import type { Owner } from '../types.js';
import { LEASE } from './kinds.js';
import { ownedAnnotations, ownedLabels } from './ownership.js';

/** Renewed every minute; what is older than this belongs to nobody who lives. */
const LEASE_SECONDS = 900;

/** Clocks of two hosts differ by less; a lease from further ahead would protect its engine for ever. */
const MOST_AHEAD_MS = 3_600_000;

const specSchema = z.object({
  acquireTime: z.string(),
  renewTime: z.string(),
  leaseDurationSeconds: z.number().positive().max(86_400),
});

/** When an experiment's deployment began, and until when it counts as alive without another renewal: milliseconds since the epoch. */
export interface ClusterLease {
  readonly acquiredAtMs: number;
  readonly expiresAtMs: number;
}

/** Creates or renews it. */
export async function renewLease(
  cluster: Cluster,
  { name, namespace, owner }: { readonly name: string; readonly namespace: string; readonly owner: Owner }
): Promise<ClusterLease> {
  const existing = await readLease(cluster, namespace, name);
  const now = Date.now();
  const acquiredAtMs = existing?.acquiredAtMs ?? now;
  await cluster.apply(
    LEASE,
    {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace, labels: ownedLabels(owner), annotations: ownedAnnotations(owner) },
      spec: {
        holderIdentity: owner.workflowId,
        leaseDurationSeconds: LEASE_SECONDS,
        acquireTime: microTime(acquiredAtMs),
        renewTime: microTime(now),
      },
    },
    false
  );
  return { acquiredAtMs, expiresAtMs: now + LEASE_SECONDS * 1000 };
}

export async function readLease(cluster: Cluster, namespace: string, name: string): Promise<ClusterLease | null> {
  const lease = await cluster.get(LEASE, namespace, name);
  return lease && parseLease(lease);
}

/** Null when it cannot be read, or cannot be true. */
export function parseLease({ spec }: Pick<Manifest, 'spec'>): ClusterLease | null {
  const parsed = specSchema.safeParse(spec);
  if (!parsed.success) return null;
  const { acquireTime, renewTime, leaseDurationSeconds } = parsed.data;
  const [acquiredAtMs, renewedAtMs] = [timeOf(acquireTime), timeOf(renewTime)];
  const most = Date.now() + MOST_AHEAD_MS;
  if (acquiredAtMs === null || acquiredAtMs < 0 || acquiredAtMs > most) return null;
  if (renewedAtMs === null || renewedAtMs > most) return null;
  return { acquiredAtMs, expiresAtMs: renewedAtMs + leaseDurationSeconds * 1000 };
}

/** Kubernetes' MicroTime: RFC 3339 with six digits. */
function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
