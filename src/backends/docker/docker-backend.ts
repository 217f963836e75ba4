import { join } from 'node:path';
import { TunerError } from '../../domain/failures.js';
import type { DockerSettings } from '../../domain/task/docker.schema.js';
import { splitReferences } from '../../domain/task/secrets.js';
import type { TuningTask } from '../../domain/task/task.schema.js';
import type { Leak } from '../../domain/tuning/experiment.js';
import { aloneOnDevices, DEVICES } from '../../platform/accelerators/device-use.js';
import { probeCompletion } from '../../platform/completion-client.js';
import type { Container } from '../../platform/docker/container.js';
import type { CreatedContainer } from '../../platform/docker/docker-client.js';
import { statusOf, wasInterrupted } from '../../platform/docker/docker-errors.js';
import type { Leftover } from '../../platform/leftovers.js';
import { describeMachine } from '../../platform/machine.js';
import { MARKER } from '../../platform/process-tree.js';
import type { Secrets } from '../../platform/secrets.js';
import { uptimeMs } from '../../platform/uptime.js';
import { classifySilence } from '../classify/classify.js';
import { acceleratorsOf } from '../engine-flags.js';
import type {
  Deployment,
  Endpoint,
  EngineInfo,
  HostAccelerators,
  Owned,
  OwnedList,
  ServingBackend,
  Watching,
} from '../types.js';
import { containerSpec, KEY_FILE, type ContainerDevices } from './container-spec.js';
import { refuseUsed } from './device-leases.js';
import { EngineEnds } from './engine-ends.js';
import { EngineFolders } from './engine-folders.js';
import { EngineLogs } from './engine-logs.js';
import { haveImage } from './have-image.js';
import { isSameOwner, OWNER, ownershipLabels, ownershipOf } from './ownership.js';
import { baseUrlOf, planContainer, settingsOf, type Site } from './plan-container.js';
import { describeImage, readBuild } from './provenance.js';
import { removeContainer } from './remove-container.js';
import { dockerRunCommand } from './run-command.js';
import { untilEnded } from './until-ended.js';
import { untilServing } from './until-serving.js';

const PROBE_TIMEOUT_MS = 10_000;
/** The rest of the time for the deployment is for the accelerators and the start. */
const SHARE_OF_PULL = 0.8;
const CONFLICT = 409;

export interface DockerBackendOptions extends Site {
  /** For what is kept of each engine. */
  readonly stateDir: string;
  readonly hostId: string;
  readonly secrets: Secrets;
  /** Null where the daemon's accelerators are not this machine's, or nobody watches them. */
  readonly accelerators: HostAccelerators | null;
  /** The longest that an experiment of this task takes. */
  readonly longestSeconds: (task: TuningTask) => number;
}

/** Engines in containers of a Docker daemon. */
export class DockerBackend implements ServingBackend {
  readonly name = 'docker';
  private readonly folders: EngineFolders;
  private readonly logs: EngineLogs;
  private readonly ends: EngineEnds;

  constructor(private readonly options: DockerBackendOptions) {
    this.folders = new EngineFolders(join(options.stateDir, 'docker'));
    this.logs = new EngineLogs(options.client, this.folders, options.secrets);
    this.ends = new EngineEnds(options.client, this.logs);
  }

  async deploy(deployment: Deployment, signal: AbortSignal, onProgress?: (message: string) => void): Promise<void> {
    const { client, accelerators } = this.options;
    const { name, task, combination } = deployment;
    const settings = settingsOf(task);
    if (await this.adopt(deployment, signal)) return;
    // Everything that may be refused comes before the pull, which takes long.
    await planContainer(this.options, deployment, []);
    await this.secretsOf(settings);
    await haveImage(client, this.options.secrets, {
      settings,
      limitMs: task.timeouts.deploy * 1000 * SHARE_OF_PULL,
      signal,
      onProgress: onProgress ?? (() => undefined),
    });
    const start = (devices: ContainerDevices): Promise<void> => this.start(deployment, devices, signal);
    if (settings.devices === 'none') return start([]);
    const named = settings.devices === 'all' ? 'all' : settings.devices === 'auto' ? [] : settings.devices.map(String);
    const request = {
      name,
      needed: Array.isArray(settings.devices) ? settings.devices.length : acceleratorsOf(task, combination),
      // Half of the time is left for the rest; what is held longer is not given back soon.
      limitMs: (task.timeouts.deploy * 1000) / 2,
      signal,
      ...(Array.isArray(settings.devices) ? { only: named as readonly string[] } : {}),
    };
    const unwatched = (): Promise<void> =>
      aloneOnDevices(async () => {
        await refuseUsed(client, named);
        await start(named);
      }, signal);
    if (!accelerators) return unwatched();
    await accelerators.startOn(request, (variables) => {
      const uuids = variables[DEVICES];
      return uuids === undefined ? unwatched() : start(uuids.split(','));
    });
  }

  async waitUntilServing(deployment: Deployment, timeoutMs: number, watching: Watching): Promise<EngineInfo> {
    const { client } = this.options;
    const { name, task } = deployment;
    const lease = await this.folders.lease(name);
    const apiKey = await this.folders.key(name);
    const phase = 'start';
    const container = await untilServing(client, {
      name,
      modelName: task.benchmark.model_name,
      apiKey,
      leftMs: timeoutMs - (lease ? uptimeMs() - lease.startedAtUptimeMs : 0),
      baseUrl: (seen) => this.baseUrl(task, seen),
      explain: async (seen, actions) => this.ends.explain(deployment, seen, actions, phase),
      silent: async (last) => {
        const code = last.state === 'wrong' ? 'WRONG_ANSWERS' : 'ENGINE_START_TIMEOUT';
        const message = `the engine served no completion within ${timeoutMs / 1000} s; the last try saw: ${last.saw}`;
        return classifySilence({ code, message }, { lines: await this.logs.lines(name), phase });
      },
      ...watching,
    });
    return this.describe(deployment, container, apiKey);
  }

  async endpoint({ name, task }: Deployment): Promise<Endpoint> {
    const container = await this.options.client.inspect(name);
    if (!container) throw new TunerError('ENGINE_CRASHED', 'the container is gone: it was taken down meanwhile');
    return {
      baseUrl: this.baseUrl(task, container),
      modelName: task.benchmark.model_name,
      apiKeyFile: this.folders.keyFile(name),
    };
  }

  async diagnose(deployment: Deployment): Promise<TunerError | null> {
    const { client } = this.options;
    const { name, task } = deployment;
    const gone = await this.ends.of(deployment);
    if (gone) return gone;
    const container = await client.inspect(name);
    const probe = await probeCompletion({
      baseUrl: container ? this.baseUrl(task, container) : '',
      modelName: task.benchmark.model_name,
      apiKey: await this.folders.key(name),
      maxTokens: 1,
      timeoutMs: PROBE_TIMEOUT_MS,
      signal: new AbortController().signal,
    });
    if (probe.state === 'served') return null;
    // It may have ended a moment ago, so that the first look came too early.
    const goneNow = await this.ends.of(deployment);
    if (goneNow) return goneNow;
    const message = `the engine runs but does not answer: ${probe.saw}`;
    return classifySilence(
      { code: 'ENGINE_UNRESPONSIVE', message },
      { lines: await this.logs.lines(name), phase: 'load' }
    );
  }

  untilEnded({ name }: Deployment, signal: AbortSignal): Promise<void> {
    return untilEnded(this.options.client, name, signal);
  }

  /** The way is the daemon's own; when it breaks, the engine does not answer. */
  disturbances(): Promise<[]> {
    return Promise.resolve([]);
  }

  mend(): Promise<void> {
    return Promise.resolve();
  }

  /** Labels cannot be changed: a container says from the beginning how long an experiment of its task can take. */
  renew(): Promise<void> {
    return Promise.resolve();
  }

  async tearDown(name: string, keepLogIn: string | null, signal?: AbortSignal): Promise<readonly Leak[]> {
    const { client, accelerators, network } = this.options;
    const leaks = await removeContainer(client, name, {
      sharesPids: client.host.local && network === null,
      beforeRemoval: async () => {
        if (keepLogIn) await this.logs.keep(name, keepLogIn);
      },
    });
    if (leaks.length > 0) return leaks;
    await this.folders.remove(name);
    return (await accelerators?.settle(name, signal)) ?? [];
  }

  /** Containers of this host's and, once they have expired, of others that use the same daemon. */
  async listOwned(): Promise<OwnedList> {
    const { client, hostId } = this.options;
    const containers = (await client.list(OWNER)).flatMap((item): Owned[] => {
      const ownership = ownershipOf(item.labels);
      if (!ownership) return [];
      const { owner, expiresAtMs } = ownership;
      const { name, createdAtMs, running: alive } = item;
      // Another installation may have a Temporal of its own, in which this one's judge does not find its tunes.
      const expiry = ownership.hostId === hostId ? {} : { expiresAtMs };
      return [{ name, kind: 'container', owner, createdAtMs, alive, ...expiry }];
    });
    const known = new Set(containers.map(({ name }) => name));
    const folders = (await this.folders.list())
      .filter(({ name }) => !known.has(name))
      .map(({ name, owner, createdAtMs }) => ({ name, kind: 'container folder', owner, createdAtMs, alive: false }));
    return { owned: [...containers, ...folders], problems: [] };
  }

  /** Folders that do not say whose they are. */
  leftovers(): Promise<Leftover[]> {
    return this.folders.leftovers();
  }

  /** Whether an earlier call has made it; one that it could not start any more is started now. */
  private async adopt({ name, owner }: Deployment, signal: AbortSignal): Promise<boolean> {
    const { client } = this.options;
    const existing = await client.inspect(name, signal);
    if (!existing) return false;
    if (!isSameOwner(ownershipOf(existing.labels)?.owner, owner))
      throw new TunerError('NOT_OURS', `the container '${name}' exists, and this tune did not make it`);
    // Without a start it has neither its key nor a lease on its devices for sure: it is made again.
    const refused = existing.error !== '' && !wasInterrupted(existing.error);
    if (existing.startedAtMs !== null || refused) return true;
    await client.remove(existing.id);
    return false;
  }

  private async start(deployment: Deployment, devices: ContainerDevices, signal: AbortSignal): Promise<void> {
    const { client, hostId, longestSeconds } = this.options;
    const { name, owner, task } = deployment;
    const settings = settingsOf(task);
    const { environment, references } = await this.secretsOf(settings);
    const plan = await planContainer(this.options, deployment, devices);
    const { apiKey } = await this.folders.open(name, owner);
    const used = devices === 'all' ? ['all'] : devices;
    const labels = ownershipLabels({
      owner,
      hostId,
      expiresAtMs: Date.now() + longestSeconds(task) * 2000,
      devices: used,
      secrets: references,
    });
    const marks = { [MARKER]: `${name}.container`, ...(used.length > 0 ? { [DEVICES]: used.join(',') } : {}) };
    const spec = containerSpec({ ...plan, labels, environment: { ...environment, ...marks } });
    let created: CreatedContainer;
    try {
      created = await client.create(name, spec, signal);
    } catch (error) {
      // Another try of this one was faster, or a name is still being given back.
      if (statusOf(error) === CONFLICT && (await this.adopt(deployment, signal))) return;
      throw error;
    }
    // This one alone: the next try takes away what was not started, and its own must not be started before it has the key.
    if (spec.Cmd?.some((argument) => argument.includes(KEY_FILE))) await client.putFile(created, KEY_FILE, apiKey);
    await client.start(created, signal);
  }

  private async secretsOf(
    settings: DockerSettings
  ): Promise<{ readonly environment: Record<string, string>; readonly references: readonly string[] }> {
    const { texts, references } = splitReferences(settings.environment);
    const values = await this.options.secrets.resolve(references);
    return { environment: { ...texts, ...values }, references: Object.values(references) };
  }

  private baseUrl(task: TuningTask, container: Container): string {
    return baseUrlOf(this.options, settingsOf(task).container_port, container);
  }

  private async describe(deployment: Deployment, container: Container, apiKey: string): Promise<EngineInfo> {
    const { client, accelerators } = this.options;
    const { task, name } = deployment;
    const settings = settingsOf(task);
    const { local } = client.host;
    const used = ownershipOf(container.labels)?.devices ?? [];
    const devices = used.includes('all') ? 'all' : used;
    const [plan, image, build, info] = await Promise.all([
      planContainer(this.options, deployment, devices),
      client.image(container.imageId),
      readBuild(this.baseUrl(task, container), apiKey),
      local ? null : client.info(),
    ]);
    const machine = info
      ? `${info.processors} processors, ${Math.round(info.memoryBytes / 2 ** 30)} GiB`
      : describeMachine();
    return {
      engine: typeof task.engine === 'string' ? task.engine : 'command',
      version: describeImage(settings.image, container.imageId, image?.digests ?? [], build),
      model: plan.modelDescription,
      command: dockerRunCommand({ ...plan, devices }),
      hardware: [machine, used.length > 0 ? (accelerators?.describe(name) ?? '') : ''].filter(Boolean).join('; '),
    };
  }
}
