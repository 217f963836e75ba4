/** What turns a machine into a node of the test cluster: containerd of Debian, and kubelet and kube-proxy in one program. */
import path from 'node:path';

import { ensureDebianPackages } from './debian-packages.mjs';
import { ensureGoProgram } from './go-program.mjs';
import { inProject } from './paths.mjs';

const PROGRAMS = {
  containerd: 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  iptables: 'iptables',
  ip: 'iproute2',
  unshare: 'util-linux',
  setpriv: 'util-linux',
};
/** Where Debian has the network plugins. */
export const NETWORK_PLUGINS_FOLDER = '/usr/lib/cni';
const NETWORK_PLUGINS = { bridge: 'containernetworking-plugins' };
const PROGRAM = {
  what: "the test node's program",
  sources: inProject('test', 'node', 'program'),
  cache: 'node',
  file: 'node-rig',
  takes: '3 to 6 minutes',
};

/** @returns {Promise<string | null>} why there can be none, after what it needs was installed where that may be done */
export async function whyNoNode() {
  if (process.getuid() !== 0) return 'only root can start a node';
  const onProgress = console.log;
  const hasAll = await ensureDebianPackages(PROGRAMS, { onProgress });
  const hasPlugins = await ensureDebianPackages(NETWORK_PLUGINS, { onProgress, folders: [NETWORK_PLUGINS_FOLDER] });
  return hasAll && hasPlugins ? null : 'there is no containerd here';
}

/**
 * Build the program unless that was done before.
 * @param {{ onProgress?: (line: string) => void }} [options]
 * @returns {Promise<string | null>} its first argument names the component: kubelet, kube-proxy; null without Go
 */
export async function ensureNodeRig(options) {
  const folder = await ensureGoProgram(PROGRAM, options);
  return folder && path.join(folder, PROGRAM.file);
}
