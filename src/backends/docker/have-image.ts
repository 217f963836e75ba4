import { TunerError } from '../../domain/failures.js';
import type { DockerSettings } from '../../domain/task/docker.schema.js';
import { isReference } from '../../domain/task/secrets.js';
import type { DockerClient } from '../../platform/docker/docker-client.js';
import { pullImage } from '../../platform/docker/pull-image.js';
import type { Secrets } from '../../platform/secrets.js';
import { registryOf } from './permissions.js';

export interface ImageRequest {
  readonly settings: Pick<DockerSettings, 'image' | 'pull' | 'registry'>;
  readonly limitMs: number;
  readonly signal: AbortSignal;
  readonly onProgress: (message: string) => void;
}

/** Sees to it that the daemon has the image. @throws TunerError IMAGE_PULL_FAILED, NOT_ALLOWED, SECRET_UNAVAILABLE. */
export async function haveImage(
  client: DockerClient,
  secrets: Pick<Secrets, 'resolve'>,
  { settings, ...request }: ImageRequest
): Promise<void> {
  const { image, pull, registry } = settings;
  if (pull !== 'always' && (await client.image(image))) return;
  if (pull === 'never')
    throw new TunerError('IMAGE_PULL_FAILED', `the image ${image} is not there, and docker.pull is never`);
  await pullImage(client, { image, auth: registry ? await credentials(image, registry, secrets) : null, ...request });
}

async function credentials(
  image: string,
  registry: NonNullable<DockerSettings['registry']>,
  secrets: Pick<Secrets, 'resolve'>
): Promise<{ username: string; password: string; serveraddress: string }> {
  const named = isReference(registry.username);
  const { username = registry.username, password = '' } = await secrets.resolve({
    password: registry.password,
    ...(named ? { username: registry.username } : {}),
  });
  return { username, password, serveraddress: registryOf(image) };
}
