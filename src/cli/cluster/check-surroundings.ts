/** What else a tune needs of the cluster: the claim for results, what OME builds on, accelerators. */
import { ApisApi } from '@kubernetes/client-node';
import { isNotFound, type Cluster } from '../../platform/kubernetes/cluster.js';
import { INSTALL_OME, unlessForbidden, type ClusterFinding } from './findings.js';

const CLAIM = 'benchmark-results-pvc';
const ACCELERATOR = 'nvidia.com/gpu';

export function checkClaim(cluster: Cluster, namespace: string): Promise<ClusterFinding> {
  const what = 'results claim';
  return unlessForbidden(what, async () => {
    try {
      const claim = await cluster.request(`read the claim ${CLAIM}`, undefined, (options) =>
        cluster.core.readNamespacedPersistentVolumeClaim({ name: CLAIM, namespace }, options)
      );
      const phase = claim.status?.phase ?? 'unknown';
      // Pending is well: many classes bind a claim only when its first pod comes.
      const advice = `its volume is gone: kubectl -n ${namespace} describe pvc ${CLAIM}`;
      return { state: phase === 'Lost' ? 'warning' : 'ok', what, found: `${CLAIM}, ${phase}`, advice };
    } catch (error) {
      if (!isNotFound(error)) throw error;
      const advice = "'autotuner cluster install' makes it; only benchmark.runner ome-benchmark-job needs it";
      return { state: 'warning', what, found: `no ${CLAIM} in ${namespace}`, advice };
    }
  });
}

/** @param why it is needed. */
export async function checkGroup(cluster: Cluster, group: string, what: string, why: string): Promise<ClusterFinding> {
  const known = (await apiGroups(cluster)).includes(group);
  return {
    state: known ? 'ok' : 'warning',
    what,
    found: known ? `its kinds are known (${group})` : 'not installed',
    advice: `${why}; ${INSTALL_OME}`,
  };
}

export async function apiGroups(cluster: Cluster): Promise<string[]> {
  const api = cluster.config.makeApiClient(ApisApi);
  const { groups } = await cluster.request('list the API groups', undefined, (options) => api.getAPIVersions(options));
  return groups.map(({ name }) => name);
}

export function checkAccelerators(cluster: Cluster): Promise<ClusterFinding> {
  const what = 'accelerators';
  return unlessForbidden(what, async () => {
    const { items } = await cluster.request('list nodes', undefined, (options) => cluster.core.listNode({}, options));
    const counts = items
      .filter(({ spec }) => !spec?.unschedulable)
      .map(({ status }) => Number(status?.allocatable?.[ACCELERATOR] ?? 0));
    const total = counts.reduce((sum, count) => sum + count, 0);
    const found = `${total} ${ACCELERATOR} allocatable on ${counts.length} nodes, at most ${Math.max(0, ...counts)} on one`;
    const advice =
      "without NVIDIA's device plugin nodes report none; another resource is named by ome.accelerator_resource";
    return { state: total > 0 ? 'ok' : 'warning', what, found, advice };
  });
}
