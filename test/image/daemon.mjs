/**
 * A Docker daemon in a folder of its own. Images are built by one in this machine's network, since they install packages, but without
 * a bridge; containers are run by one in a network of its own (unshare(1), by main.mjs): nothing of this machine changes.
 */
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { runAndCollect } from '../../scripts/lib/child.mjs';
import { daemonArguments } from '../docker/dockerd.mjs';

/** Of this machine, seen from containers. */
export const BRIDGE_ADDRESS = '172.17.0.1';
const READY_WITHIN_MS = 60_000;

/**
 * @param {string} dir where its data are; another daemon may have left some there
 * @param {{ bridge: boolean }} options
 * @returns {Promise<{ env: NodeJS.ProcessEnv, stop: () => Promise<void> }>} `env` leads docker(1) to it
 * @throws {Error} with the end of its log when it does not answer
 */
export async function startDaemon(dir, { bridge }) {
  mkdirSync(dir, { recursive: true });
  const socket = path.join(dir, 'docker.sock');
  const log = path.join(dir, 'dockerd.log');
  const output = openSync(log, 'a');
  const daemon = spawn(
    'setpriv',
    [
      ...daemonArguments(dir),
      ...(bridge ? [`--bip=${BRIDGE_ADDRESS}/16`, `--dns=${BRIDGE_ADDRESS}`] : ['--bridge=none']),
    ],
    { stdio: ['ignore', output, output] }
  );
  closeSync(output);
  const ended = new Promise((done) => daemon.once('exit', done));
  const env = { ...process.env, DOCKER_HOST: `unix://${socket}` };
  const stop = async () => {
    daemon.kill('SIGTERM');
    await ended;
  };
  const deadline = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadline && daemon.exitCode === null) {
    if ((await runAndCollect('docker', ['version'], { env })).exitCode === 0) return { env, stop };
    await sleep(200);
  }
  await stop();
  throw new Error(`the Docker daemon does not answer:\n${readFileSync(log, 'utf8').slice(-2000)}`);
}
