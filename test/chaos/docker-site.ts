/** The Docker part of a stage: a daemon of its own with stand-ins for engines, and a way to it that can be disturbed. */
import { readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import Docker from 'dockerode';
import { makeImage, NODE } from '../../scripts/lib/local-image.mjs';
import { Dockerd } from '../docker/dockerd.mjs';
import { processesWith, valueOf } from '../support/processes.js';
import { DockerDecoys, holdings } from './docker-decoys.js';
import { FaultProxy } from './fault-proxy.js';
import { readLogbook } from './logbook.js';

export const CHAOS_IMAGE = 'inference-autotuner/chaos-engine:1';
/** In the image. */
export const STAND_INS = '/opt/chaos';
const LOOK_EVERY_MS = 50;
/** Longer than it takes until the next experiment is so far. */
const COMES_WITHIN_MS = 20_000;

/** What a fault may wait for: `create`, `start`, `die`, `destroy` of a container. */
export type Moment = 'create' | 'start' | 'die' | 'destroy';

export class DockerSite {
  /** What daemons that were killed have left. */
  private readonly orphans = new Set<string>();

  private constructor(
    private readonly daemon: Dockerd,
    private readonly api: Docker,
    private readonly logFile: string,
    /** Between the application and the daemon. */
    readonly proxy: FaultProxy,
    /** For the application. */
    readonly env: NodeJS.ProcessEnv,
    readonly decoys: DockerDecoys
  ) {}

  /** @param dir for the socket of the application. */
  static async open(dir: string, logFile: string): Promise<DockerSite> {
    // The engines' logbook is mounted into their containers, and Docker mounts what is there.
    await writeFile(logFile, '');
    const daemon = await Dockerd.start();
    try {
      process.env['DOCKER_HOST'] = `unix://${daemon.socket}`;
      await makeImage(CHAOS_IMAGE, {
        parts: { [resolve('test/chaos/stand-ins')]: STAND_INS },
        changes: [`ENTRYPOINT ["${NODE}"]`],
      });
      const api = new Docker({ socketPath: daemon.socket });
      const socket = join(dir, 'docker.sock');
      const proxy = await FaultProxy.start({ port: socket, target: daemon.socket });
      const env = { DOCKER_HOST: `unix://${socket}`, AUTOTUNER_DOCKER_VOLUMES: `${logFile}:rw` };
      return new DockerSite(daemon, api, logFile, proxy, env, await DockerDecoys.place(api, CHAOS_IMAGE));
    } catch (error) {
      await daemon.close();
      throw error;
    }
  }

  /** The daemon's; null while it does not run. */
  get pid(): number | null {
    return this.daemon.pid;
  }

  /** Containers of a task in which something runs: told by the machine, since the daemon may be away. */
  async enginesAlive(task: string): Promise<number> {
    return new Set((await this.processes(task)).map(({ owned }) => owned)).size;
  }

  /** Of all that it knows, running or not. */
  async containersOf(task: string): Promise<string[]> {
    return (await holdings(this.api)).containers.filter((name) => name.startsWith(`${task}-exp`));
  }

  /** Waits for it, and comes a few milliseconds after it at most. @returns whether it came. */
  async until(moment: Moment, task: string, signal: AbortSignal): Promise<boolean> {
    const stop = AbortSignal.any([signal, AbortSignal.timeout(COMES_WITHIN_MS)]);
    const filters = JSON.stringify({ type: ['container'], event: [moment] });
    while (!stop.aborted) {
      try {
        const events = await this.api.getEvents({ filters, abortSignal: stop });
        for await (const line of createInterface({ input: events })) {
          const { Actor } = JSON.parse(line) as { Actor?: { Attributes?: { name?: string } } };
          if (Actor?.Attributes?.name?.startsWith(`${task}-exp`)) {
            (events as unknown as { destroy(): void }).destroy();
            return true;
          }
        }
      } catch {
        await sleep(LOOK_EVERY_MS);
      }
    }
    return false;
  }

  /**
   * `docker kill` of a container whose engine is so far; waits for one.
   * @returns the experiment's attempt; false when none came.
   */
  async killEngine(task: string, during: 'start' | 'load', signal: AbortSignal): Promise<string | false> {
    for (const deadline = Date.now() + COMES_WITHIN_MS; Date.now() < deadline; await sleep(LOOK_EVERY_MS)) {
      if (signal.aborted) return false;
      const entries = await readLogbook(this.logFile, task);
      const has = (event: string, name: string): boolean =>
        entries.some((entry) => entry.event === event && entry.experiment === name);
      const isSoFar = (name: string): boolean =>
        during === 'load' ? has('bench-start', name) && !has('bench-end', name) : !has('bench-start', name);
      const candidates = (await this.processes(task)).map(({ owned }) => owned.replace(/\.container$/, ''));
      const victim = [...new Set(candidates)].find(isSoFar);
      const killed =
        victim &&
        (await this.api
          .getContainer(victim)
          .kill()
          .then(
            () => true,
            () => false
          ));
      if (victim && killed) return victim;
    }
    return false;
  }

  /** Ends the daemon; what runs in containers ends with it, or when it is back. */
  async end(signal: NodeJS.Signals): Promise<void> {
    await this.daemon.end(signal);
    // What listens for containers while there is no daemon was left by the one that was killed: nobody can have it taken away.
    for (const pid of await proxiesHere()) this.orphans.add(pid);
  }

  async startAgain(): Promise<void> {
    await this.daemon.startAgain();
    await this.decoys.afterRestart();
  }

  /** What is in the daemon besides the decoys and what it always has, and what runs of containers. */
  async leftovers(task: string): Promise<string[]> {
    const found = await holdings(this.api).catch((error: Error) => error.message);
    if (typeof found === 'string') return [`the daemon says: ${found}`];
    const { held } = this.decoys;
    const more = (Object.keys(found) as (keyof typeof found)[]).flatMap((kind) =>
      found[kind].filter((name) => !held[kind].includes(name)).map((name) => `${kind} ${name}`)
    );
    const processes = (await this.processes(task)).map(({ pid, owned }) => `process ${pid} of ${owned}`);
    // Nothing that is to stay publishes a port.
    const listening = (await proxiesHere()).filter((pid) => !this.orphans.has(pid));
    const proxies = listening.map((pid) => `process ${pid}, which listens on a published port,`);
    return [...more, ...processes, ...proxies];
  }

  async close(): Promise<void> {
    await this.proxy.close();
    await this.daemon.close();
  }

  private async processes(task: string): Promise<{ readonly pid: number; readonly owned: string }[]> {
    const found = await processesWith(`AUTOTUNER_OWNED=${task}-exp`);
    return found
      .map(({ pid, environment }) => ({ pid, owned: valueOf(environment, 'AUTOTUNER_OWNED') ?? '' }))
      .filter(({ owned }) => owned.endsWith('.container'));
  }
}

/** Docker's proxies in this network, which no other daemon uses. */
async function proxiesHere(): Promise<string[]> {
  const here = await readlink('/proc/self/ns/net');
  const isOne = async (pid: string): Promise<boolean> =>
    /^(?:\S*\/)?docker-proxy\0/.test(await readFile(`/proc/${pid}/cmdline`, 'latin1').catch(() => '')) &&
    (await readlink(`/proc/${pid}/ns/net`).catch(() => '')) === here;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map(isOne));
  return pids.filter((_, i) => found[i]);
}
