/**
 * A Docker daemon for one run of the suite, in a folder of its own: it shares nothing with one that this machine may have. It has a
 * bridge of its own, and leaves the machine's packet filter alone; ports are published by Docker's proxy, on loopback.
 */
import { execFile, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const READY_WITHIN_MS = 60_000;
/** Of RFC 5737's documentation networks: nobody has them. */
const NETWORK = '192.0.2.1/24';

export default async function startDaemon() {
  const dir = await mkdtemp(path.join(tmpdir(), 'dockerd-'));
  // A name of an interface has 15 characters at most.
  const bridge = `at${path.basename(dir).slice(-6).toLowerCase()}`;
  await run('ip', ['link', 'add', 'name', bridge, 'type', 'bridge']);
  await run('ip', ['address', 'add', NETWORK, 'dev', bridge]);
  await run('ip', ['link', 'set', bridge, 'up']);
  const socket = path.join(dir, 'docker.sock');
  const log = path.join(dir, 'dockerd.log');
  const output = openSync(log, 'a');
  const daemon = spawn(
    'setpriv',
    [
      // Should this run be killed, nothing must be left of it.
      ...['--pdeathsig', 'TERM', '--', 'dockerd', '--host', `unix://${socket}`, '--pidfile', path.join(dir, 'pid')],
      ...['--data-root', path.join(dir, 'data'), '--exec-root', path.join(dir, 'exec'), '--bridge', bridge],
      ...['--iptables=false', '--ip6tables=false', '--ip-forward=false', '--ip-masq=false', '--log-level=warn'],
    ],
    { stdio: ['ignore', output, output] }
  );
  closeSync(output);
  globalThis.dockerDaemon = { daemon, dir, bridge };
  await untilReady(socket, daemon, log);
  process.env.DOCKER_HOST = `unix://${socket}`;
  await run(process.execPath, ['scripts/engine-image.mjs', 'inference-autotuner/local-engine:1']);
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

/** Ends the daemon with all that it runs, and removes its folder and its bridge. */
export async function stopDaemon() {
  const { daemon, dir, bridge } = globalThis.dockerDaemon;
  const ended = new Promise((done) => daemon.once('exit', done));
  if (daemon.exitCode === null && daemon.signalCode === null) {
    daemon.kill('SIGTERM');
    await ended;
  }
  await run('ip', ['link', 'delete', bridge]);
  // Its containerd ends a moment later, and until then holds the folder.
  await rm(dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
}
