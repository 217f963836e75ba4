/** Keeps the present state of a list of objects by watching it, through everything that ends a watch. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Watch, type KubernetesObject, type KubeConfig } from '@kubernetes/client-node';
import { z } from 'zod';
import { ClusterError } from './cluster-errors.js';
import type { ListOf } from './cluster.js';

/** The server ends a watch by itself after this long; a connection that is dead without anyone having said so ends soon after. */
const WATCH_SECONDS = 45;
const DEAD_AFTER_MS = (WATCH_SECONDS + 10) * 1000;
const PAUSE_MS = { first: 50, most: 2000 };

const eventSchema = z.object({
  metadata: z.object({ uid: z.string().optional(), resourceVersion: z.string().optional() }).optional(),
  code: z.number().optional(),
});

export interface WatchRequest {
  /** Path of the list, such as `/api/v1/namespaces/x/pods`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Reads the same list once, so that requests are bounded and errors mapped as everywhere. */
  readonly list: (signal: AbortSignal) => Promise<ListOf<KubernetesObject>>;
  readonly signal: AbortSignal;
  /** Called with all objects whenever something has changed, and at least once after each (re)listing. */
  readonly onChange: (objects: readonly KubernetesObject[]) => void;
}

/** Between two tries to list, after the request itself has given up. */
const LIST_PAUSE_MS = 1000;

/**
 * Watches until `signal` fires; then it returns. A dropped connection goes on where it was, by its resource version; what the server
 * no longer knows (410 Gone) is listed anew; a busy or absent server is waited for.
 * @throws what another try would not change: a TunerError of `list`.
 */
export async function watchList(config: KubeConfig, request: WatchRequest): Promise<void> {
  const { list, signal, onChange } = request;
  const objects = new Map<string, KubernetesObject>();
  let version: string | null = null;
  let pauseMs = PAUSE_MS.first;
  while (!signal.aborted) {
    if (version === null) {
      const listed = await listUntilAnswered(list, signal);
      if (!listed) return;
      version = listed.metadata?.resourceVersion ?? '';
      objects.clear();
      for (const item of listed.items) objects.set(item.metadata?.uid ?? '', item);
      onChange([...objects.values()]);
    }
    const ended = await watchOnce(config, request, version, (phase, object) => {
      const { metadata } = eventSchema.parse(object);
      version = metadata?.resourceVersion ?? version;
      pauseMs = PAUSE_MS.first;
      if (phase === 'BOOKMARK') return;
      if (phase === 'DELETED') objects.delete(metadata?.uid ?? '');
      else objects.set(metadata?.uid ?? '', object as KubernetesObject);
      onChange([...objects.values()]);
    });
    if (ended === 'gone') version = null;
    if (ended === 'over') continue;
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    pauseMs = Math.min(pauseMs * 2, PAUSE_MS.most);
  }
}

async function listUntilAnswered(
  list: WatchRequest['list'],
  signal: AbortSignal
): Promise<ListOf<KubernetesObject> | null> {
  while (!signal.aborted) {
    try {
      return await list(signal);
    } catch (error) {
      if (!(error instanceof ClusterError) && !signal.aborted) throw error;
      await sleep(LIST_PAUSE_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  return null;
}

/** One connection. `over`: the server ended it as agreed; `gone`: its version is too old; `broken`: anything else. */
async function watchOnce(
  config: KubeConfig,
  { path, query, signal }: WatchRequest,
  resourceVersion: string,
  onEvent: (phase: string, object: unknown) => void
): Promise<'over' | 'gone' | 'broken'> {
  if (signal.aborted) return 'over';
  const parameters = { ...query, resourceVersion, allowWatchBookmarks: true, timeoutSeconds: WATCH_SECONDS };
  return new Promise((resolve) => {
    let result: 'over' | 'gone' | 'broken' = 'over';
    let connection: AbortController | null = null;
    let ended = false;
    const startedAtMs = performance.now();
    const end = (): void => {
      // Aborting the connection comes back here, with an error of its own.
      if (ended) return;
      ended = true;
      clearTimeout(dead);
      signal.removeEventListener('abort', end);
      connection?.abort();
      // A server that is shutting down ends watches at once, politely, again and again.
      resolve(result === 'over' && performance.now() - startedAtMs < 1000 ? 'broken' : result);
    };
    const dead = setTimeout(() => {
      result = 'broken';
      end();
    }, DEAD_AFTER_MS);
    signal.addEventListener('abort', end, { once: true });
    new Watch(config)
      .watch(
        path,
        parameters,
        (phase, object: unknown) => {
          if (ended) return;
          if (phase !== 'ERROR') return onEvent(phase, object);
          result = eventSchema.safeParse(object).data?.code === 410 ? 'gone' : 'broken';
          end();
        },
        (error: { statusCode?: number } | null) => {
          if (error && !ended) result = error.statusCode === 410 ? 'gone' : 'broken';
          end();
        }
      )
      .then((controller) => {
        connection = controller;
        // It was answered after all, when nobody waited for it any more.
        if (ended) controller.abort();
      }, end);
  });
}
