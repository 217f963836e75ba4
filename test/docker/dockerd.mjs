/** A Docker daemon in a folder and a network of its own, which can be killed and started again. */
import { execFile, spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { networkInterfaces, tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const READY_WITHIN_MS = 60_000;

/** For setpriv(1). @param {string} dir where all of the daemon's is, its socket `docker.sock` too. @returns {string[]} */
export function daemonArguments(dir) {
  const at = (name) => path.join(dir, name);
  return [
    // Should this run be killed, no daemon must be left of it.
    ...['--pdeathsig', 'TERM', '--', 'dockerd', '--host', `unix://${at('docker.sock')}`, '--pidfile', at('pid')],
    ...['--data-root', at('data'), '--exec-root', at('exec'), '--log-level=warn'],
    // Ports on loopback are the proxy's work, which needs no rules.
    ...['--iptables=false', '--ip6tables=false', '--ip-forward=false', '--ip-masq=false'],
  ];
}

export class Dockerd {
  #dir;
  #process = null;

  constructor(dir) {
    this.#dir = dir;
  }

  /** @returns one that answers. */
  static async start() {
    await useOwnNetwork();
    const daemon = new Dockerd(await mkdtemp(path.join(tmpdir(), 'dockerd-')));
    await daemon.startAgain();
    return daemon;
  }

  get socket() {
    return path.join(this.#dir, 'docker.sock');
  }

  /** Null when it does not run. */
  get pid() {
    const { exitCode, signalCode, pid } = this.#process ?? { exitCode: 0 };
    return exitCode === null && signalCode === null ? pid : null;
  }

  /** With the same folder: it finds what was there before. */
  async startAgain() {
    const at = (name) => path.join(this.#dir, name);
    // One that was killed could not remove it, and another process may have its number by now.
    await rm(at('pid'), { force: true });
    await this.#untilContainerdEnded();
    const log = at('dockerd.log');
    const output = openSync(log, 'a');
    this.#process = spawn('setpriv', daemonArguments(this.#dir), { stdio: ['ignore', output, output] });
    closeSync(output);
    const deadline = performance.now() + READY_WITHIN_MS;
    while (performance.now() < deadline && this.pid !== null) {
      if (await answers(this.socket)) return;
      await sleep(100);
    }
    throw new Error(`the Docker daemon does not answer:\n${readFileSync(log, 'utf8').slice(-2000)}`);
  }

  /** It dies with its daemon, but a moment later: the next daemon would take it for alive, and wait for it in vain. */
  async #untilContainerdEnded() {
    const read = () => readFileSync(path.join(this.#dir, 'exec', 'containerd', 'containerd.pid'), 'utf8').trim();
    for (let i = 0; i < 100; i++, await sleep(100))
      try {
        process.kill(Number(read()), 0);
      } catch {
        return;
      }
  }

  /** Waits until it has ended. */
  async end(signal = 'SIGTERM') {
    if (this.pid === null) return;
    const ended = new Promise((done) => this.#process.once('exit', done));
    this.#process.kill('SIGCONT');
    this.#process.kill(signal);
    await ended;
  }

  /** What stands between containerd and a container outlives both where the daemon was killed. */
  #endShims() {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name)))
      try {
        const [program, ...args] = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
        const isOurs = args.some((argument) => argument.startsWith(`${this.#dir}/exec/`));
        if (program.includes('containerd-shim') && isOurs) process.kill(Number(pid), 'SIGKILL');
      } catch {
        // It has ended meanwhile.
      }
  }

  /** Ends the daemon with all that it runs, and removes its folder. */
  async close() {
    // Of one that was killed, the next one ends the containers.
    if (this.pid === null) await this.startAgain().catch(() => undefined);
    await this.end();
    this.#endShims();
    // A daemon that was killed could not take away what containers had as their root.
    const mounts = readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' ')[1] ?? '');
    for (const mount of mounts.filter((at) => at.startsWith(`${this.#dir}/`)))
      await run('umount', ['--lazy', mount]).catch(() => undefined);
    // Its containerd ends a moment later, and until then holds the folder.
    await rm(this.#dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  }
}

/**
 * Makes sure that the daemon's bridge, its addresses and its packet filter are not this machine's, and cannot be in the way of what is.
 * @throws Error where there is a way to anywhere: a bridge could cut it.
 */
export async function useOwnNetwork() {
  const others = Object.keys(networkInterfaces()).filter((name) => !['lo', 'docker0'].includes(name));
  const routes = readFileSync('/proc/net/route', 'utf8').trim().split('\n').slice(1);
  if (others.length > 0 || routes.some((route) => !route.startsWith('docker0')))
    throw new Error(
      `a daemon for tests needs a network of its own: run "node scripts/test.mjs docker" (found ${others.join(', ')})`
    );
  await run('ip', ['link', 'set', 'lo', 'up']);
}

function answers(socketPath) {
  return new Promise((done) => {
    const call = request({ socketPath, path: '/_ping', timeout: 1000 }, (response) => {
      response.resume();
      done(response.statusCode === 200);
    });
    call.on('timeout', () => call.destroy());
    call.on('error', () => done(false));
    call.end();
  });
}
