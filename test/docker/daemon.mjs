/**
 * A Docker daemon for one run of the suite, in a folder of its own. The whole suite runs in a network of its own (unshare(1), by
 * scripts/test.mjs): the daemon's bridge, its addresses and its packet filter are not this machine's, and cannot be in the way of what is.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Dockerd } from './dockerd.mjs';

export default async function startDaemon() {
  const daemon = await Dockerd.start();
  globalThis.dockerDaemon = daemon;
  process.env.DOCKER_HOST = `unix://${daemon.socket}`;
  await promisify(execFile)(process.execPath, ['scripts/engine-image.mjs', 'inference-autotuner/local-engine:1']);
}

/** Ends the daemon with all that it runs, and removes its folder. */
export async function stopDaemon() {
  await globalThis.dockerDaemon?.close();
}
