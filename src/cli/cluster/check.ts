/** The examinations of `autotuner cluster check`. */
import { VersionApi } from '@kubernetes/client-node';
import type { Cluster } from '../../platform/kubernetes/cluster.js';
import { checkCatalog, checkController, checkKinds } from './check-ome.js';
import { checkAccelerators, checkClaim, checkGroup } from './check-surroundings.js';
import type { ClusterFinding } from './findings.js';
import { describePermission, lackedPermissions, requiredPermissions } from './permissions.js';
import { OLDEST_KUBERNETES } from './versions.js';

/** @throws ClusterError, TunerError when the API cannot be used at all. */
export async function checkCluster(cluster: Cluster, namespace: string): Promise<ClusterFinding[]> {
  const findings = [await checkVersion(cluster), await checkPermissions(cluster, namespace)];
  const kinds = await checkKinds(cluster);
  findings.push(...kinds, await checkController(cluster));
  // Without the kinds there is nothing to ask for.
  if (kinds.every(({ state }) => state === 'ok')) findings.push(...(await checkCatalog(cluster, namespace)));
  findings.push(
    await checkClaim(cluster, namespace),
    await checkGroup(cluster, 'cert-manager.io', 'cert-manager', "OME's webhooks have no certificate without it"),
    await checkGroup(cluster, 'keda.sh', 'KEDA', 'some runtimes scale by it; OME looks for it only when it starts'),
    await checkAccelerators(cluster)
  );
  return findings;
}

async function checkVersion(cluster: Cluster): Promise<ClusterFinding> {
  const api = cluster.config.makeApiClient(VersionApi);
  const version = await cluster.request('ask for the version', undefined, (options) => api.getCode(options));
  const server = cluster.config.getCurrentCluster()?.server ?? '';
  return {
    state: isNewEnough(version) ? 'ok' : 'warning',
    what: 'Kubernetes API',
    found: `${version.gitVersion} at ${server}`,
    advice: `OME needs Kubernetes ${OLDEST_KUBERNETES.major}.${OLDEST_KUBERNETES.minor} or newer`,
  };
}

/** Managed clusters say `28+`. */
export function isNewEnough(version: { readonly major: string; readonly minor: string }): boolean {
  const [major, minor] = [parseInt(version.major, 10), parseInt(version.minor, 10)];
  return major > OLDEST_KUBERNETES.major || (major === OLDEST_KUBERNETES.major && minor >= OLDEST_KUBERNETES.minor);
}

async function checkPermissions(cluster: Cluster, namespace: string): Promise<ClusterFinding> {
  const required = await requiredPermissions(namespace);
  const lacked = await lackedPermissions(cluster, required);
  return {
    state: lacked.length === 0 ? 'ok' : 'missing',
    what: 'permissions',
    found: lacked.length === 0 ? `all ${required.length}` : `lacks ${lacked.map(describePermission).join(', ')}`,
    advice: "'autotuner cluster install' makes a role with them (examples/kubernetes/rbac.yaml): use its account",
  };
}
