/** What a Docker daemon of a test's own takes. */
import { ensureDebianPackages } from './debian-packages.mjs';

const PROGRAMS = { dockerd: 'docker.io', iptables: 'iptables', ip: 'iproute2', unshare: 'util-linux' };

/** Interfaces, routes and mounts that a daemon makes in there are seen by nobody else, and end with the last process. */
export const OWN_NETWORK = ['unshare', '--net', '--mount', '--'];

/** @returns {Promise<string | null>} why there can be none, after what it needs was installed where that may be done */
export async function whyNoDaemon() {
  if (!(await ensureDebianPackages(PROGRAMS, { onProgress: console.log }))) return 'there is no Docker daemon here';
  return process.getuid() === 0 ? null : 'only root can start a Docker daemon';
}
