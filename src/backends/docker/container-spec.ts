/** From a deployment to its container: pure. No task reaches more than what is written here. */
import type { Combination } from '../../domain/space/combination.js';
import { bytesOf } from '../../domain/task/byte-size.js';
import type { DockerSettings } from '../../domain/task/docker.schema.js';
import type { TuningTask } from '../../domain/task/task.schema.js';
import type { ContainerSpec } from '../../platform/docker/docker-client.js';
import { engineArguments } from '../engine-command.js';

/** In the container. */
export const KEY_FILE = '/autotuner/api-key';
const EVERYWHERE = '0.0.0.0';
/** What no inference server needs, of what Docker gives by default. */
const DROPPED = ['AUDIT_WRITE', 'MKNOD', 'NET_RAW', 'SETFCAP', 'SETPCAP', 'SYS_CHROOT'];
/** Enough for an engine with a process for each accelerator; too few for a fork bomb to take the machine along. */
const MOST_PROCESSES = 16_384;

/** The devices of a container: `all` that the daemon has, or these by UUID or number. */
export type ContainerDevices = 'all' | readonly string[];

/** What the backend has decided and found out. */
export interface ContainerPlan {
  readonly task: TuningTask;
  readonly settings: DockerSettings;
  readonly combination: Combination;
  /** As the engine is told. */
  readonly model: string;
  /** Host paths without links. */
  readonly mounts: readonly { readonly source: string; readonly target: string; readonly readOnly: boolean }[];
  readonly environment: Readonly<Record<string, string>>;
  readonly devices: ContainerDevices;
  /** Podman names devices as the Container Device Interface does. */
  readonly cdi: boolean;
  /** Where the engine's port is published; null where the worker is on the container's network itself. */
  readonly publishOn: string | null;
  readonly network: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** What starts the engine and its arguments. @param keyFile null for a command that people start by hand. */
export function engineCommand(
  { task, settings, combination, model }: Pick<ContainerPlan, 'task' | 'settings' | 'combination' | 'model'>,
  keyFile: string | null
): { readonly entrypoint: string | null; readonly args: readonly string[] } {
  const args = engineArguments(task, combination, {
    model,
    alias: task.benchmark.model_name,
    host: EVERYWHERE,
    port: settings.container_port,
    apiKeyFile: keyFile,
  });
  const [entrypoint = null, ...first] = settings.entrypoint ?? defaultEntrypoint(task.engine);
  return { entrypoint, args: [...first, ...args] };
}

/** Images disagree about their entry points, and a wrong one is the commonest reason why one does not start. */
function defaultEntrypoint(engine: TuningTask['engine']): readonly string[] {
  if (typeof engine !== 'string') return engine.command.slice(0, 1);
  switch (engine) {
    case 'sglang':
      return ['python3'];
    case 'vllm':
      return ['vllm'];
    case 'llama.cpp':
      return [];
  }
}

export function containerSpec(plan: ContainerPlan): ContainerSpec {
  const { settings, network, publishOn } = plan;
  const { entrypoint, args } = engineCommand(plan, KEY_FILE);
  const port = `${settings.container_port}/tcp`;
  const memory = settings.memory === undefined ? undefined : bytesOf(settings.memory);
  const binding = { HostIp: publishOn ?? '', HostPort: settings.port === undefined ? '' : String(settings.port) };
  return {
    Image: settings.image,
    ...(entrypoint === null ? {} : { Entrypoint: [entrypoint] }),
    Cmd: [...args],
    Env: environmentOf(plan),
    ...(settings.user === undefined ? {} : { User: settings.user }),
    Labels: { ...plan.labels },
    ExposedPorts: { [port]: {} },
    HostConfig: {
      Mounts: plan.mounts.map(({ source, target, readOnly }) => ({
        Type: 'bind' as const,
        Source: source,
        Target: target,
        ReadOnly: readOnly,
      })),
      ...(publishOn === null ? {} : { PortBindings: { [port]: [binding] } }),
      NetworkMode: network,
      ...(settings.shm_size === undefined ? {} : { ShmSize: bytesOf(settings.shm_size) }),
      // Without swap: an engine that swaps measures the disk.
      ...(memory === undefined ? {} : { Memory: memory, MemorySwap: memory }),
      ...(settings.cpus === undefined ? {} : { NanoCpus: Math.round(settings.cpus * 1e9) }),
      Ulimits: ulimitsOf(settings),
      DeviceRequests: deviceRequests(plan),
      // A first process of its own: engines do not expect to be one, and would not hear that they are to end.
      Init: true,
      // One that ends has failed; started again it would only hide that.
      RestartPolicy: { Name: 'no' },
      AutoRemove: false,
      // What the engine writes must not fill the daemon's disk.
      LogConfig: { Type: 'json-file', Config: { 'max-size': '50m', 'max-file': '2' } },
      CapDrop: [...DROPPED],
      SecurityOpt: ['no-new-privileges'],
      PidsLimit: MOST_PROCESSES,
    },
  };
}

function environmentOf({ environment, devices }: ContainerPlan): string[] {
  const given = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  // A name alone takes the image's own value away: both together, CUDA finds no device. And images ask for all devices by themselves
  // where NVIDIA's runtime is the daemon's default.
  return [...given, 'CUDA_VISIBLE_DEVICES', ...(devices.length === 0 ? ['NVIDIA_VISIBLE_DEVICES=void'] : [])];
}

function deviceRequests({ devices, cdi }: Pick<ContainerPlan, 'devices' | 'cdi'>): Record<string, unknown>[] {
  if (devices.length === 0) return [];
  if (cdi) {
    const ids = devices === 'all' ? ['all'] : devices;
    return [{ Driver: 'cdi', DeviceIDs: ids.map((id) => `nvidia.com/gpu=${id}`) }];
  }
  const capabilities = { Capabilities: [['gpu']] };
  return [devices === 'all' ? { Count: -1, ...capabilities } : { DeviceIDs: [...devices], ...capabilities }];
}

function ulimitsOf({ ulimits }: DockerSettings): { Name: string; Soft: number; Hard: number }[] {
  return Object.entries(ulimits).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const { soft, hard } = typeof value === 'number' ? { soft: value, hard: value } : value;
    return [{ Name: name, Soft: soft, Hard: hard }];
  });
}
