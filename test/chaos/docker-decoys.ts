/** What is in the daemon, looks like the tuner's, and is not: a name, a label's name or its value is another, or it is another host's. */
import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { OWNER, ownershipLabels } from '../../src/backends/docker/ownership.js';

/** A task that no run has, with the names that its experiments would have. */
const TASK = 'chaos-0';
const BACK_WITHIN_MS = 30_000;
const MARK = 'AUTOTUNER_OWNED';

const owner = { workflowId: `tune/${TASK}/1`, runId: 'of-somebody-else', taskName: TASK, experimentId: 1 };
const aDayAhead = (): number => Date.now() + 86_400_000;

/** By name. What is under `running` would be missed by somebody. */
const containers = (): Record<string, { readonly labels: Record<string, string>; readonly running: boolean }> => ({
  [`${TASK}-exp1-0000000000`]: { labels: {}, running: true },
  // Nobody can say whose it is.
  [`${TASK}-exp2-0000000000`]: { labels: { [OWNER]: 'somebody' }, running: true },
  [`${TASK}-exp3-0000000000`]: { labels: { [`${OWNER}s`]: JSON.stringify(owner) }, running: false },
  [`${TASK}-exp4-0000000000`]: {
    labels: ownershipLabels({ owner, hostId: 'another-host', expiresAtMs: aDayAhead(), devices: [], secrets: [] }),
    running: true,
  },
});

export interface Held {
  readonly containers: readonly string[];
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  readonly images: readonly string[];
}

export class DockerDecoys {
  private constructor(
    private readonly daemon: Docker,
    private before: object,
    /** What the daemon holds besides engines: the decoys, and what it always has. */
    readonly held: Held
  ) {}

  /** @param image one with Node. */
  static async place(daemon: Docker, image: string): Promise<DockerDecoys> {
    for (const [name, { labels, running }] of Object.entries(containers())) {
      const container = await daemon.createContainer({
        ...{ name, Image: image, Labels: labels, Env: [`${MARK}=${name}.container`] },
        Entrypoint: ['node', '-e', 'setInterval(() => {}, 1000)'],
        // A daemon that is started again starts them again; after a stop or a kill it does not.
        HostConfig: { Init: true, RestartPolicy: { Name: running ? 'always' : 'no' } },
      });
      if (running) await container.start();
    }
    await daemon.createNetwork({ Name: `${TASK}-exp1-0000000000` });
    await daemon.createVolume({ Name: `${TASK}-exp1-0000000000` });
    await daemon.getImage(image).tag({ repo: `${TASK}-exp1-0000000000`, tag: '1' });
    return new DockerDecoys(daemon, await look(daemon), await holdings(daemon));
  }

  /** Those that run were started again with the daemon. */
  async afterRestart(): Promise<void> {
    const states = async (): Promise<boolean[]> =>
      Promise.all(running().map(async (name) => (await this.daemon.getContainer(name).inspect()).State.Running));
    for (const deadline = Date.now() + BACK_WITHIN_MS; Date.now() < deadline; await sleep(200))
      if ((await states().catch(() => [false])).every(Boolean)) break;
    this.before = await look(this.daemon);
  }

  /** What has happened to them. */
  async damage(): Promise<string[]> {
    const now = await look(this.daemon);
    const changes = Object.entries(this.before).filter(([name, was]) => !isDeepStrictEqual(now[name], was));
    const { networks, volumes, images } = await holdings(this.daemon);
    const gone = (what: keyof Held, is: readonly string[]): string[] =>
      this.held[what].filter((name) => !is.includes(name)).map((name) => `${what} ${name} was removed`);
    return [
      ...changes.map(([name, was]) => `decoy ${name}: ${JSON.stringify(now[name])}, not ${JSON.stringify(was)}`),
      ...gone('networks', networks),
      ...gone('volumes', volumes),
      ...gone('images', images),
    ];
  }
}

const running = (): string[] => Object.entries(containers()).flatMap(([name, it]) => (it.running ? [name] : []));

/** What nobody but a stranger changes, or a daemon that is started again. */
async function look(daemon: Docker): Promise<Record<string, object | null>> {
  const entries = Object.keys(containers()).map(async (name) => {
    const info = await daemon
      .getContainer(name)
      .inspect()
      .catch(() => null);
    const { Running, StartedAt } = info?.State ?? {};
    return [name, info && { id: info.Id, labels: info.Config.Labels, Running, StartedAt }] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** All that the daemon holds, by name. */
export async function holdings(daemon: Docker): Promise<Held> {
  const [found, networks, volumes, images] = await Promise.all([
    daemon.listContainers({ all: true }),
    daemon.listNetworks(),
    daemon.listVolumes(),
    daemon.listImages({ all: true }),
  ]);
  return {
    containers: found.flatMap(({ Names }) => Names.map((name) => name.replace(/^\//, ''))),
    networks: networks.map(({ Name }) => Name),
    volumes: (volumes.Volumes as { Name: string }[] | null)?.map(({ Name }) => Name) ?? [],
    images: images.flatMap(({ Id, RepoTags }) => RepoTags ?? [Id]),
  };
}
