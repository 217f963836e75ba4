/** What a container's specification comes to on this machine: variables, arguments, folders. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { V1ConfigMap, V1Container, V1EnvVar, V1Pod, V1Secret, V1Volume } from '@kubernetes/client-node';
import type { Api } from '../api.js';
import type { Mount, ProgramContainer } from './image-program.js';

/** A Secret, ConfigMap or key that the container needs is missing; the message is the kubelet's. */
export class ConfigError extends Error {}

export interface Surroundings {
  readonly api: Api;
  /** For what the pod's volumes hold. */
  readonly podDir: string;
  /** The folder of a claim. */
  volume(namespace: string, claim: string): string;
}

export interface Description extends Surroundings {
  freePort(): Promise<number>;
  resolveServices(text: string): string;
}

/**
 * The container as its program is to see it.
 * @throws ConfigError when something that it refers to is missing; ApiError or a connection's error when that cannot be told.
 */
export async function describeContainer(
  pod: V1Pod,
  container: V1Container,
  around: Description
): Promise<ProgramContainer> {
  const env = await resolveEnv(pod, container, around);
  const resolve = (text: string): string => around.resolveServices(expand(text, env));
  return {
    name: container.name,
    image: container.image ?? '',
    command: (container.command ?? []).map(resolve),
    args: (container.args ?? []).map(resolve),
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, around.resolveServices(value)])),
    port: container.ports?.[0]?.containerPort ?? null,
    freePort: await around.freePort(),
    workingDir: container.workingDir ?? null,
    mounts: await resolveMounts(pod, container, around),
  };
}

/** Expands `$(NAME)` as the kubelet does: unknown names stay, `$$` is a dollar. */
function expand(text: string, env: Readonly<Record<string, string>>): string {
  return text.replace(/\$(?:\$|\(([^()]+)\))/g, (all, name?: string) =>
    name === undefined ? '$' : (env[name] ?? all)
  );
}

/** @throws ConfigError when a reference leads nowhere and is not optional. */
async function resolveEnv(pod: V1Pod, container: V1Container, { api }: Surroundings): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  const namespace = pod.metadata?.namespace ?? '';
  for (const { secretRef, configMapRef, prefix = '' } of container.envFrom ?? []) {
    const values = secretRef
      ? await secret(api, namespace, secretRef.name, secretRef.optional)
      : await configMap(api, namespace, configMapRef?.name, configMapRef?.optional);
    for (const [name, value] of Object.entries(values)) env[`${prefix}${name}`] = value.toString();
  }
  for (const variable of container.env ?? []) {
    const value = await resolveVariable(pod, variable, api, namespace);
    if (value !== null) env[variable.name] = expand(value, env);
  }
  return env;
}

/** @throws ConfigError when a Secret or ConfigMap is missing. */
async function resolveMounts(pod: V1Pod, container: V1Container, around: Surroundings): Promise<Mount[]> {
  return Promise.all(
    (container.volumeMounts ?? []).map(async ({ name, mountPath, subPath = '' }) => {
      const volume = pod.spec?.volumes?.find((candidate) => candidate.name === name);
      const folder = volume ? await volumeFolder(pod, volume, around) : join(around.podDir, 'volumes', name);
      const localPath = join(folder, subPath);
      // A folder of this machine must be there already, everything else the kubelet creates.
      if (!volume?.hostPath) await mkdir(localPath, { recursive: true });
      return { mountPath, localPath };
    })
  );
}

async function volumeFolder(pod: V1Pod, volume: V1Volume, around: Surroundings): Promise<string> {
  const namespace = pod.metadata?.namespace ?? '';
  if (volume.persistentVolumeClaim) return around.volume(namespace, volume.persistentVolumeClaim.claimName);
  if (volume.hostPath) return volume.hostPath.path;
  const folder = join(around.podDir, 'volumes', volume.name);
  await mkdir(folder, { recursive: true });
  const { secret: secretVolume, configMap: configMapVolume } = volume;
  const values = secretVolume
    ? await secret(around.api, namespace, secretVolume.secretName, secretVolume.optional)
    : configMapVolume
      ? await configMap(around.api, namespace, configMapVolume.name, configMapVolume.optional)
      : {};
  const items = secretVolume?.items ?? configMapVolume?.items ?? Object.keys(values).map((key) => ({ key, path: key }));
  for (const { key, path } of items) {
    const value = values[key];
    if (value === undefined) throw new ConfigError(`references non-existent key: ${key}`);
    await writeFile(join(folder, path), value, { mode: 0o600 });
  }
  return folder;
}

async function resolveVariable(
  pod: V1Pod,
  { value, valueFrom }: V1EnvVar,
  api: Api,
  namespace: string
): Promise<string | null> {
  if (!valueFrom) return value ?? '';
  const { secretKeyRef, configMapKeyRef, fieldRef } = valueFrom;
  if (fieldRef) return field(pod, fieldRef.fieldPath);
  const reference = secretKeyRef ?? configMapKeyRef;
  if (!reference) return '';
  const read = secretKeyRef ? secret : configMap;
  const found = (await read(api, namespace, reference.name, reference.optional))[reference.key];
  if (found !== undefined) return found.toString();
  if (reference.optional) return null;
  const kind = secretKeyRef ? 'Secret' : 'ConfigMap';
  throw new ConfigError(`couldn't find key ${reference.key} in ${kind} ${namespace}/${reference.name}`);
}

function field({ metadata, spec, status }: V1Pod, path: string): string {
  const fields: Record<string, string | undefined> = {
    'metadata.name': metadata?.name,
    'metadata.namespace': metadata?.namespace,
    'metadata.uid': metadata?.uid,
    'spec.nodeName': spec?.nodeName,
    'status.podIP': status?.podIP ?? '127.0.0.1',
  };
  return fields[path] ?? '';
}

type Values = Record<string, Buffer>;

async function secret(api: Api, namespace: string, name = '', optional = false): Promise<Values> {
  const found = await api.find<V1Secret>(`/api/v1/namespaces/${namespace}/secrets/${name}`);
  if (!found && !optional) throw new ConfigError(`secret "${name}" not found`);
  return mapValues(found?.data ?? {}, 'base64');
}

async function configMap(api: Api, namespace: string, name = '', optional = false): Promise<Values> {
  const found = await api.find<V1ConfigMap>(`/api/v1/namespaces/${namespace}/configmaps/${name}`);
  if (!found && !optional) throw new ConfigError(`configmap "${name}" not found`);
  return mapValues(found?.data ?? {}, 'utf8');
}

function mapValues(data: Readonly<Record<string, string>>, encoding: BufferEncoding): Values {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value, encoding)]));
}
