/**
 * A Docker daemon for one run of the suite, in a folder of its own. The whole suite runs in a network of its own (unshare(1), by
 * scripts/test.mjs): the daemon's bridge, its addresses and its packet filter are not this machine's, and cannot be in the way of what is.
 */
import { execFile, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { networkInterfaces, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const READY_WITHIN_MS = 60_000;

export default async function startDaemon() {
  checkNetwork();
  await run('ip', ['link', 'set', 'lo', 'up']);
  const dir = await mkdtemp(path.join(tmpdir(), 'dockerd-'));
  const socket = path.join(dir, 'docker.sock');
  const log = path.join(dir, 'dockerd.log');
  const output = openSync(log, 'a');
  const daemon = spawn(
    'setpriv',
    [
      // Should this run be killed, no daemon must be left of it.
      ...['--pdeathsig', 'TERM', '--', 'dockerd', '--host', `unix://${socket}`, '--pidfile', path.join(dir, 'pid')],
      ...['--data-root', path.join(dir, 'data'), '--exec-root', path.join(dir, 'exec'), '--log-level=warn'],
      // Ports on loopback are the proxy's work, which needs no rules.
      ...['--iptables=false', '--ip6tables=false', '--ip-forward=false', '--ip-masq=false'],
    ],
    { stdio: ['ignore', output, output] }
  );
  closeSync(output);
  globalThis.dockerDaemon = { daemon, dir };
  await untilReady(socket, daemon, log);
  process.env.DOCKER_HOST = `unix://${socket}`;
  await run(process.execPath, ['scripts/engine-image.mjs', 'inference-autotuner/local-engine:1']);
}

/** Where there is a way to anywhere, this is not a network of our own, and a bridge could cut it. */
function checkNetwork() {
  const others = Object.keys(networkInterfaces()).filter((name) => name !== 'lo');
  const routes = readFileSync('/proc/net/route', 'utf8').trim().split('\n').slice(1);
  if (others.length === 0 && routes.length === 0) return;
  throw new Error(
    `this suite needs a network of its own: run "node scripts/test.mjs docker" (found ${others.join(', ')})`
  );
}

async function untilReady(socketPath, daemon, log) {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (performance.now() < deadline && daemon.exitCode === null) {
    if (await answers(socketPath)) return;
    await sleep(100);
  }
  throw new Error(`the Docker daemon does not answer:\n${readFileSync(log, 'utf8').slice(-2000)}`);
}

function answers(socketPath) {
  return new Promise((done) => {
    const call = request({ socketPath, path: '/_ping' }, (response) => {
      response.resume();
      done(response.statusCode === 200);
    });
    call.on('error', () => done(false));
    call.end();
  });
}

/** Ends the daemon with all that it runs, and removes its folder. */
export async function stopDaemon() {
  const { daemon, dir } = globalThis.dockerDaemon;
  const ended = new Promise((done) => daemon.once('exit', done));
  if (daemon.exitCode === null && daemon.signalCode === null) {
    daemon.kill('SIGTERM');
    await ended;
  }
  // Its containerd ends a moment later, and until then holds the folder.
  await rm(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
}
