/** What this worker's operator lets tasks ask of the daemon, which can do anything to its machine. */
import { realpath } from 'node:fs/promises';
import { TunerError } from '../../domain/failures.js';
import type { DockerSettings } from '../../domain/task/docker.schema.js';
import type { TuningTask } from '../../domain/task/task.schema.js';

export interface DockerPolicy {
  /** Names of images without tag, or beginnings of such up to a slash; `*` is all. AUTOTUNER_DOCKER_IMAGES. */
  readonly images: readonly string[];
  /** Names of variables; a `*` at the end stands for any rest. AUTOTUNER_DOCKER_ENVIRONMENT. */
  readonly environment: readonly string[];
  /** Paths of the daemon's machine, with all below; `:rw` at the end allows to write there. AUTOTUNER_DOCKER_VOLUMES. */
  readonly volumes: readonly string[];
  /** Whether tasks may say what is run in the image. AUTOTUNER_ALLOW_COMMAND. */
  readonly allowCommand: boolean;
}

/** @throws TunerError NOT_ALLOWED. */
export function checkImage(image: string, { images }: DockerPolicy): void {
  const name = fullName(image);
  const fits = (item: string): boolean =>
    item === '*' || isWithin(name, fullName(item)) || (isWithin(name, item) && item.includes('/'));
  if (images.some(fits)) return;
  throw notAllowed(`the image ${image}`, 'AUTOTUNER_DOCKER_IMAGES', withoutVersion(image));
}

/** @throws TunerError NOT_ALLOWED. */
export function checkSettings(
  { environment, entrypoint }: DockerSettings,
  engine: TuningTask['engine'],
  policy: DockerPolicy
): void {
  for (const name of Object.keys(environment)) {
    const fits = (item: string): boolean => (item.endsWith('*') ? name.startsWith(item.slice(0, -1)) : name === item);
    if (!policy.environment.some(fits)) throw notAllowed(`the variable ${name}`, 'AUTOTUNER_DOCKER_ENVIRONMENT', name);
  }
  if (policy.allowCommand) return;
  if (entrypoint) throw notAllowed('docker.entrypoint', 'AUTOTUNER_ALLOW_COMMAND', '1');
  if (typeof engine !== 'string') throw notAllowed('a command of their own', 'AUTOTUNER_ALLOW_COMMAND', '1');
}

/**
 * @param options.local whether the path is one of this machine, so that links can be followed.
 * @returns the path without links, for the daemon.
 * @throws TunerError NOT_ALLOWED.
 */
export async function checkVolume(
  { source, read_only }: { readonly source: string; readonly read_only: boolean },
  { volumes }: Pick<DockerPolicy, 'volumes'>,
  { local }: { readonly local: boolean }
): Promise<string> {
  const roots = volumes.flatMap((item) => {
    const writable = item.endsWith(':rw');
    return writable || read_only ? [item.replace(/:r[ow]$/, '')] : [];
  });
  const refused = notAllowed(
    read_only ? `the path ${source}` : `to write to ${source}`,
    'AUTOTUNER_DOCKER_VOLUMES',
    `${source}${read_only ? '' : ':rw'}`
  );
  // By its name first: an answer about a path elsewhere would tell whether it exists.
  if (!roots.some((root) => isWithin(source, root))) throw refused;
  if (!local) return source;
  const real = await realpath(source).catch(() => source);
  const realRoots = await Promise.all(roots.map((root) => realpath(root).catch(() => root)));
  if (!realRoots.some((root) => isWithin(real, root))) throw refused;
  return real;
}

export function isWithin(path: string, root: string): boolean {
  const folder = root.replace(/\/+$/, '');
  return folder !== '' && (path === folder || path.startsWith(`${folder}/`));
}

/** As Docker reads a name: without a registry it is one of Docker Hub, without an owner one of its library. */
function fullName(image: string): string {
  const name = withoutVersion(image);
  const [first = '', ...rest] = name.split('/');
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  if (hasRegistry) return name.replace(/^(?:index\.)?docker\.io\/(?=[^/]+$)/, 'docker.io/library/');
  return rest.length > 0 ? `docker.io/${name}` : `docker.io/library/${name}`;
}

function withoutVersion(image: string): string {
  const [named = ''] = image.split('@');
  const slash = named.lastIndexOf('/') + 1;
  const colon = named.indexOf(':', slash);
  return colon < 0 ? named : named.slice(0, colon);
}

/** The address of an image's registry, as Docker knows it by. */
export function registryOf(image: string): string {
  const [registry = ''] = fullName(image).split('/');
  return registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry;
}

function notAllowed(what: string, variable: string, value: string): TunerError {
  return new TunerError(
    'NOT_ALLOWED',
    `this worker does not let tasks use ${what}: ${variable}=${value} in its environment does`
  );
}
