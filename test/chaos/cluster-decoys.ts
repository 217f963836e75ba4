/** Objects in the cluster that look like the tuner's and are not: each lacks one half of what makes one ours. */
import { isDeepStrictEqual } from 'node:util';
import { ownedAnnotations, ownedLabels } from '../../src/backends/ome/ownership.js';
import { CLAIM } from '../cluster/cluster-world.js';
import { benchmarkJob, inferenceService } from '../cluster/ome-resources.js';
import type { Api } from '../cluster/rig/api.js';
import { BENCHMARKS, NAMESPACE, SERVICES } from '../cluster/support.js';

const LEASES = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases`;
/** A task that no run has, with the names that its experiments would have. */
const TASK = 'chaos-0';
const OWNER = { workflowId: `tune/${TASK}/1`, runId: 'of-somebody-else', taskName: TASK, experimentId: 1 };
const LONG_AGO = '2020-01-01T00:00:00.000000Z';

/** Nobody can say whose the first one is; the second is somebody else's, whatever is written on it. */
const MARKS = {
  [`${TASK}-exp1-0000000000`]: { labels: ownedLabels(OWNER) },
  [`${TASK}-exp2-0000000000`]: {
    labels: { 'app.kubernetes.io/managed-by': 'inference-autotuners' },
    annotations: ownedAnnotations(OWNER),
  },
};

interface Decoy {
  readonly metadata: { readonly uid: string; readonly labels?: object; readonly deletionTimestamp?: string };
  readonly spec: object;
}

export class ClusterDecoys {
  private constructor(
    private readonly api: Api,
    private readonly placed: ReadonlyMap<string, Decoy>
  ) {}

  static async place(api: Api): Promise<ClusterDecoys> {
    const placed = new Map<string, Decoy>();
    for (const [name, marks] of Object.entries(MARKS)) {
      const objects = [
        [SERVICES, inferenceService(name)],
        [LEASES, lease(name)],
        [BENCHMARKS, benchmarkJob(name, name, CLAIM)],
      ] as const;
      for (const [path, object] of objects) {
        const { metadata } = object as { metadata: object };
        await api.create(path, { ...object, metadata: { ...metadata, ...marks } });
        placed.set(`${path}/${name}`, await api.get<Decoy>(`${path}/${name}`));
      }
    }
    return new ClusterDecoys(api, placed);
  }

  /** Whether an object is one of them, or was made for one: `pod/chaos-0-exp1-0000000000-engine-1`. */
  own(name: string): boolean {
    return name.includes(`/${TASK}-exp`);
  }

  /** What has happened to them. */
  async damage(): Promise<string[]> {
    const looks = [...this.placed].map(async ([path, before]) =>
      isDeepStrictEqual(lasting(await this.api.find<Decoy>(path)), lasting(before)) ? [] : [`${path} was changed`]
    );
    return (await Promise.all(looks)).flat();
  }
}

function lease(name: string): object {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name },
    spec: {
      holderIdentity: OWNER.workflowId,
      leaseDurationSeconds: 900,
      acquireTime: LONG_AGO,
      renewTime: LONG_AGO,
    },
  };
}

/** What nobody but a stranger changes; its controller writes the rest. */
function lasting(decoy: Decoy | null): object | null {
  const { uid, labels, deletionTimestamp } = decoy?.metadata ?? {};
  return decoy && { uid, labels, deletionTimestamp, spec: decoy.spec };
}
