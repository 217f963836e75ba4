/** Container images of the engines, and how each is started. */
import { usesAccelerators, type Setup } from './setup.js';

export interface Image {
  readonly repository: string;
  readonly tag: string;
  /** Whether the tag is the version that was measured; else it is to be replaced. */
  readonly isMeasured: boolean;
  readonly command: readonly string[];
  /** The engine's arguments as they follow upon the command. */
  readonly args: readonly string[];
}

/** Null for a command of the task's own: nobody knows an image for it. */
export function imageOf(setup: Setup): Image | null {
  const { engine } = setup.task;
  if (typeof engine !== 'string') return null;
  const args = setup.argumentsFor('0.0.0.0');
  const own = setup.task.ome.image ?? measuredImage(setup);
  const version = /(?:^|[^\d.])(\d+\.\d+\.\d+(?:\.post\d+|rc\d+)?)(?![\w.])/.exec(
    setup.result.provenance?.engine_version ?? ''
  )?.[1];
  const usual = usualImage(setup, engine, version);
  const image = own ? { ...splitImage(own), isMeasured: true } : usual;
  switch (engine) {
    case 'llama.cpp':
      return { ...image, command: ['/app/llama-server'], args };
    case 'sglang':
      return { ...image, command: ['python3', ...args.slice(0, 2)], args: args.slice(2) };
    case 'vllm':
      return { ...image, command: ['vllm', ...args.slice(0, 1)], args: args.slice(1) };
  }
}

function usualImage(setup: Setup, engine: string, version: string | undefined): Omit<Image, 'command' | 'args'> {
  // The embedded engine counts its versions by itself.
  if (engine === 'llama.cpp') {
    const tag = usesAccelerators(setup) ? 'server-cuda' : 'server';
    return { repository: 'ghcr.io/ggml-org/llama.cpp', tag, isMeasured: false };
  }
  const repository = engine === 'sglang' ? 'lmsysorg/sglang' : 'vllm/vllm-openai';
  return { repository, tag: version ? `v${version}` : 'latest', isMeasured: version !== undefined };
}

/** In the cluster the image is the version: `repository:tag repository@sha256:…`. */
function measuredImage({ task, result }: Setup): string | null {
  const [image = ''] = (result.provenance?.engine_version ?? '').split(' ');
  return task.backend === 'ome' && /^[\w.-]+(?::\d+)?\/[\w./-]+(?::[\w.-]+)?(?:@sha256:[0-9a-f]{64})?$/.test(image)
    ? image
    : null;
}

/** `host:5000/a/b:1` is `host:5000/a/b` and `1`; a digest is kept with the repository's separator. */
function splitImage(image: string): { repository: string; tag: string } {
  const at = image.indexOf('@');
  if (at >= 0) return { repository: image.slice(0, at), tag: image.slice(at) };
  const colon = image.lastIndexOf(':');
  return colon > image.lastIndexOf('/')
    ? { repository: image.slice(0, colon), tag: image.slice(colon + 1) }
    : { repository: image, tag: 'latest' };
}

/** `repository:tag`, `repository@sha256:…`. */
export function imageName({ repository, tag }: Pick<Image, 'repository' | 'tag'>): string {
  return tag.startsWith('@') ? `${repository}${tag}` : `${repository}:${tag}`;
}
