import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where kubectl looks when KUBECONFIG is not set. */
export const HOME_KUBECONFIG = join(homedir(), '.kube', 'config');

/** Whether this process has been given a cluster: KUBECONFIG, `~/.kube/config`, or a pod's own service account. */
export function hasCluster(variables: NodeJS.ProcessEnv = process.env): boolean {
  return Boolean(variables['KUBECONFIG'] || variables['KUBERNETES_SERVICE_HOST']) || existsSync(HOME_KUBECONFIG);
}
