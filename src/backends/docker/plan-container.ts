/** From a deployment to what its container is made from: all that can be refused is refused here. */
import { TunerError } from '../../domain/failures.js';
import type { DockerSettings } from '../../domain/task/docker.schema.js';
import type { TuningTask } from '../../domain/task/task.schema.js';
import type { DockerClient } from '../../platform/docker/docker-client.js';
import type { Deployment } from '../types.js';
import type { ContainerDevices, ContainerPlan } from './container-spec.js';
import { findEngineModel } from './engine-model.js';
import { checkImage, checkSettings, checkVolume, type DockerPolicy } from './permissions.js';

const LOOPBACK = '127.0.0.1';
const BRIDGE = 'bridge';

export interface Site {
  readonly client: DockerClient;
  readonly modelsDir: string;
  readonly policy: DockerPolicy;
  /** A network on which this worker is itself, so that no port is published; null: the daemon's own bridge. */
  readonly network: string | null;
  /** Under which this worker reaches the daemon's machine; null for this machine. */
  readonly address: string | null;
}

/**
 * Without labels and environment, which hold what only the start decides.
 * @throws TunerError NOT_ALLOWED, MODEL_NOT_FOUND.
 */
export async function planContainer(
  { client, policy, modelsDir, network, address }: Site,
  { task, combination }: Pick<Deployment, 'task' | 'combination'>,
  devices: ContainerDevices
): Promise<ContainerPlan & { readonly modelDescription: string }> {
  const { local, name } = client.host;
  const settings = settingsOf(task);
  checkImage(settings.image, policy);
  checkSettings(settings, task.engine, policy);
  if (!local && address === null && network === null) {
    const message = `engines of ${name} cannot be reached: AUTOTUNER_DOCKER_ADDRESS gives the address of its machine`;
    throw new TunerError('NOT_ALLOWED', message);
  }
  const model = await findEngineModel(task, settings, { modelsDir, policy, local });
  const volumes = settings.volumes.map(async (volume) => ({
    source: await checkVolume(volume, policy, { local }),
    target: volume.target,
    readOnly: volume.read_only,
  }));
  return {
    ...{ task, settings, combination, devices },
    model: model.argument,
    modelDescription: model.description,
    mounts: [...(model.mount ? [{ ...model.mount, readOnly: true }] : []), ...(await Promise.all(volumes))],
    cdi: devices.length > 0 && (await client.info()).podman,
    publishOn: network === null ? (address ?? LOOPBACK) : null,
    network: network ?? BRIDGE,
    environment: {},
    labels: {},
  };
}

/** Where the engine is reached. @param hostPorts by `8000/tcp`. */
export function baseUrlOf(
  { network, address }: Pick<Site, 'network' | 'address'>,
  inside: number,
  { name, hostPorts }: { readonly name: string; readonly hostPorts: Readonly<Record<string, string>> }
): string {
  // Docker's own name server knows a container by its name on networks that people make.
  if (network !== null) return `http://${name}:${inside}`;
  const host = address ?? LOOPBACK;
  return `http://${host.includes(':') ? `[${host}]` : host}:${hostPorts[`${inside}/tcp`] ?? 0}`;
}

/** @throws TunerError INVALID_TASK for a task that was prepared without. */
export function settingsOf({ docker }: Pick<TuningTask, 'docker'>): DockerSettings {
  if (docker) return docker;
  throw new TunerError('INVALID_TASK', "the backend 'docker' needs the block 'docker' with an image");
}
