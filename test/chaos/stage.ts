/** Where runs happen: a Temporal server, a worker behind a fault proxy, decoys, a disk that can be filled, perhaps a cluster or Docker. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Tunes } from '../../src/client/index.js';
import { World } from '../support/world.js';
import type { Cast } from './cast.js';
import { ClusterSite } from './cluster-site.js';
import { Decoys } from './decoys.js';
import { DockerSite } from './docker-site.js';
import { FaultProxy } from './fault-proxy.js';
import { Supervised } from './supervised.js';

export const PLACES = 2;
const CLI = resolve('dist/cli/main.js');
const HERE = resolve('test/chaos');
const READY_WITHIN_MS = 60_000;
const run = promisify(execFile);

export class Stage {
  rival: Supervised | null = null;

  private constructor(
    readonly cast: Cast,
    readonly world: World,
    readonly cluster: ClusterSite | null,
    readonly docker: DockerSite | null,
    readonly server: Supervised,
    readonly worker: Supervised,
    readonly proxy: FaultProxy,
    private readonly decoys: Decoys,
    readonly workerEnv: NodeJS.ProcessEnv,
    /** Whether the disk under state and results is our own small one. */
    readonly ownDisk: boolean
  ) {}

  static async open(cast: Cast, ownDisk: boolean): Promise<Stage> {
    const world = await World.create(cast.env);
    const at = (name: string): string => join(world.dir, name);
    const state = at('state');
    await Promise.all([state, at('tmp')].map((dir) => mkdir(dir)));
    if (ownDisk) await run('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', state]);
    const cluster = cast.site === 'cluster' ? await ClusterSite.open(world.dir, at('chaos.log')) : null;
    const docker = cast.site === 'docker' ? await DockerSite.open(world.dir, at('chaos.log')) : null;
    const proxy = await FaultProxy.start({ target: world.port });
    const env = {
      ...world.env,
      ...(cluster ?? docker)?.env,
      AUTOTUNER_RESULTS_DIR: join(state, 'results'),
      AUTOTUNER_PLACES: String(PLACES),
      TMPDIR: at('tmp'),
      CHAOS_LOG: at('chaos.log'),
      CHAOS_ENGINE_NET: at('engine-net.json'),
      CHAOS_CLOCK: at('clock'),
    };
    const workerEnv = {
      ...env,
      TEMPORAL_ADDRESS: `127.0.0.1:${proxy.port}`,
      NODE_OPTIONS: `--import=${join(HERE, 'clock.mjs')}`,
    };
    const serverEnv = { ...env, AUTOTUNER_STATE_DIR: at('server') };
    const ports = ['--port', String(world.port), '--ui-port', String(world.uiPort)];
    const server = new Supervised([CLI, 'dev', '--no-worker', ...ports], serverEnv);
    const worker = new Supervised([CLI, 'worker'], workerEnv);
    const decoys = await Decoys.place(state, join(state, 'results'), workerEnv);
    const stage = new Stage(cast, world, cluster, docker, server, worker, proxy, decoys, workerEnv, ownDisk);
    server.start();
    const tunes = await world.until(() => world.tunes().catch(() => null), 'the server answers', READY_WITHIN_MS);
    worker.start();
    await world.until(() => tunes.hasWorkers().catch(() => false), 'the worker serves', READY_WITHIN_MS);
    return stage;
  }

  /** Where engines are, unless they are processes of this machine. */
  get site(): ClusterSite | DockerSite | null {
    return this.cluster ?? this.docker;
  }

  tunes(): Promise<Tunes> {
    return this.world.tunes();
  }

  get logFile(): string {
    return join(this.world.dir, 'chaos.log');
  }

  get resultsDir(): string {
    return join(this.world.dir, 'state', 'results');
  }

  /** Engines of a task that run, whatever anybody says of them. */
  async enginesAlive(task: string): Promise<number> {
    if (this.site) return this.site.enginesAlive(task);
    const names = (await this.world.owned(`${task}-exp`)).map(({ owned }) => owned);
    return new Set(names.filter((name) => name.endsWith('.engine'))).size;
  }

  /** What has happened to things that are not ours. */
  async damage(): Promise<string[]> {
    return [...(await this.decoys.damage()), ...((await this.site?.decoys.damage()) ?? [])];
  }

  startRival(): void {
    this.rival = new Supervised([CLI, 'worker'], this.workerEnv);
    this.rival.start();
  }

  async stopRival(): Promise<void> {
    await this.rival?.stop();
    this.rival = null;
  }

  setEngineNetwork(fault: object): Promise<void> {
    return writeFile(join(this.world.dir, 'engine-net.json'), JSON.stringify(fault));
  }

  setClock(offsetMs: number): Promise<void> {
    return writeFile(join(this.world.dir, 'clock'), String(offsetMs));
  }

  async fillDisk(): Promise<void> {
    await run('dd', ['if=/dev/zero', `of=${this.filler}`, 'bs=1M']).catch(() => undefined);
  }

  emptyDisk(): Promise<void> {
    return rm(this.filler, { force: true });
  }

  private get filler(): string {
    return join(this.world.dir, 'state', 'filler');
  }

  async close(): Promise<void> {
    await this.stopRival();
    await this.worker.stop();
    await this.server.stop();
    await this.proxy.close();
    this.decoys.remove();
    await this.world.endProcesses();
    await this.site?.close();
    if (this.ownDisk) await run('umount', [join(this.world.dir, 'state')]);
    await this.world.close();
  }
}

/** Whether this machine lets us mount a file system of our own. */
export async function canMount(): Promise<boolean> {
  if (process.getuid?.() !== 0) return false;
  const dir = await mkdtemp(join(tmpdir(), 'mount-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', dir]);
    await run('umount', [dir]);
    return true;
  } catch {
    return false;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
