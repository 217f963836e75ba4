/** How a kubeconfig says that a cluster is reached: certificates, tokens, programs that print one, proxies. */
import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import type { Access } from './rig/api.js';

/**
 * The current context's cluster and user. A token of a program is asked for once, and must last as long as the tests.
 * @throws Error when the file cannot be read or names no cluster.
 */
export async function accessOf(file: string): Promise<Access> {
  const config = new KubeConfig();
  config.loadFromFile(file);
  const cluster = config.getCurrentCluster();
  if (!cluster) throw new Error(`${file} has no current context with a cluster`);
  const { agent, ...more }: RequestOptions = await optionsOf(config);
  return {
    server: cluster.server.replace(/\/+$/, ''),
    // Its agent is of use for a proxy only: it makes a connection for each request.
    more: cluster.proxyUrl ? { ...more, agent } : more,
  };
}

async function optionsOf(config: KubeConfig): Promise<RequestOptions> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  return options;
}
