/** Pulls an image and says how far it is. */
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { TunerError } from '../../domain/failures.js';
import type { DockerClient } from './docker-client.js';
import { DockerError } from './docker-errors.js';

/** What no further try would change. */
const FOR_GOOD =
  /not found|manifest unknown|denied|unauthorized|authentication required|invalid reference|no matching manifest|no basic auth/i;
const TRIES = 3;
const PAUSE_MS = 3000;

const lineSchema = z.object({
  status: z.string().catch(''),
  id: z.string().optional().catch(undefined),
  progressDetail: z.object({ current: z.number().optional(), total: z.number().optional() }).nullish().catch(null),
  error: z.string().optional().catch(undefined),
});

export interface PullRequest {
  /** By tag, by digest, or both: then the digest counts. */
  readonly image: string;
  readonly auth: { readonly username: string; readonly password: string; readonly serveraddress: string } | null;
  /** How long it may take. */
  readonly limitMs: number;
  readonly signal: AbortSignal;
  readonly onProgress: (message: string) => void;
}

/** @throws TunerError IMAGE_PULL_FAILED; the reason of `signal`. */
export async function pullImage(client: DockerClient, request: PullRequest): Promise<void> {
  const { image, limitMs, signal } = request;
  const limit = AbortSignal.timeout(limitMs);
  for (let attempt = 1; ; attempt++) {
    try {
      return await pullOnce(client, request, AbortSignal.any([signal, limit]));
    } catch (error) {
      signal.throwIfAborted();
      const said = error instanceof Error ? error.message : String(error);
      if (limit.aborted) {
        const message = `the image ${image} was not pulled within ${Math.round(limitMs / 1000)} s: raise timeouts.deploy, or pull it beforehand`;
        throw new TunerError('IMAGE_PULL_FAILED', message, [], { cause: error });
      }
      if (attempt === TRIES || FOR_GOOD.test(said))
        throw new TunerError('IMAGE_PULL_FAILED', `cannot pull ${image}: ${said}`.slice(0, 1000), [], { cause: error });
      await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function pullOnce(client: DockerClient, request: PullRequest, signal: AbortSignal): Promise<void> {
  const { image, auth, onProgress } = request;
  const stream = await client.call(
    `pull ${image}`,
    () => client.api.createImage(auth ?? undefined, { ...referenceOf(image), abortSignal: signal } as object),
    { signal, limitMs: request.limitMs }
  );
  const progress = new PullProgress(image);
  let ended = false;
  const onAbort = (): void => void (stream as { destroy?: () => void }).destroy?.();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    for await (const text of createInterface({ input: stream })) {
      const line = readLine(text);
      if (line?.error) throw new DockerError(line.error, null);
      if (line) onProgress(progress.note(line));
    }
    ended = true;
    if ('complete' in stream && stream.complete === false) throw new DockerError('the answer broke off', null);
  } finally {
    signal.removeEventListener('abort', onAbort);
    if (!ended) onAbort();
  }
  signal.throwIfAborted();
}

/** `name` and `tag` as the API takes them; of a tag and a digest, the digest. */
export function referenceOf(image: string): { readonly fromImage: string; readonly tag: string } {
  const [named = '', digest] = image.split('@');
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const name = colon < 0 ? named : named.slice(0, colon);
  return { fromImage: name, tag: digest ?? (colon < 0 ? 'latest' : named.slice(colon + 1)) };
}

/** Adds up what the daemon says of each layer. */
export class PullProgress {
  private readonly layers = new Map<string, { current: number; total: number; done: boolean }>();

  constructor(private readonly image: string) {}

  /** @returns `pulling name:tag: 3.1 of 9.8 GiB, 12 of 20 layers`. */
  note({ id, status = '', progressDetail }: Partial<z.output<typeof lineSchema>>): string {
    // The first line has the tag where a layer's id would be.
    if (id !== undefined && !status.startsWith('Pulling from')) {
      const layer = this.layers.get(id) ?? { current: 0, total: 0, done: false };
      if (status === 'Downloading') {
        layer.current = progressDetail?.current ?? layer.current;
        layer.total = progressDetail?.total ?? layer.total;
      }
      if (/^(?:Download complete|Pull complete|Extracting|Already exists)/.test(status)) layer.current = layer.total;
      if (/^(?:Pull complete|Already exists)/.test(status)) layer.done = true;
      this.layers.set(id, layer);
    }
    const layers = [...this.layers.values()];
    const sum = (key: 'current' | 'total'): string =>
      (layers.reduce((total, layer) => total + layer[key], 0) / 2 ** 30).toFixed(1);
    const done = layers.filter((layer) => layer.done).length;
    return `pulling ${this.image}: ${sum('current')} of ${sum('total')} GiB, ${done} of ${layers.length} layers`;
  }
}

function readLine(text: string): z.output<typeof lineSchema> | null {
  try {
    return lineSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
