/** A local copy of a collection, kept up to date by list and watch, through restarts of the API server. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesListObject, KubernetesObject } from '@kubernetes/client-node';
import { ApiError, type Api } from './api.js';

const RETRY_MS = 100;

/** The object as it is now, or null when it is gone; and as it was before. */
export type Changed<T> = (name: string, object: T | null, previous: T | null) => void;

export class Mirror<T extends KubernetesObject> {
  /** By `namespace/name`, or the name alone. */
  readonly items = new Map<string, T>();
  private readonly stopping = new AbortController();
  private version = '';

  /**
   * @param path of the collection, with a selector as its query if there is one.
   * @param changed called for every object at first, and on every change.
   */
  constructor(
    private readonly api: Api,
    private readonly path: string,
    private readonly changed: Changed<T> = () => undefined
  ) {}

  /** Resolves when the copy is complete for the first time. */
  async start(): Promise<void> {
    await this.persist(() => this.list());
    void this.run();
  }

  stop(): void {
    this.stopping.abort();
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        await this.watch();
      } catch (error) {
        if (this.stopping.signal.aborted) return;
        if (error instanceof ApiError && error.code === 410) await this.persist(() => this.list());
        else await sleep(RETRY_MS);
      }
    }
  }

  /** The server may be away for any time. */
  private async persist(action: () => Promise<void>): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        return await action();
      } catch {
        await sleep(RETRY_MS);
      }
    }
  }

  private async list(): Promise<void> {
    const list = await this.api.get<KubernetesListObject<T>>(this.path);
    const found = new Map(list.items.map((item) => [keyOf(item), item]));
    for (const name of [...this.items.keys()].filter((key) => !found.has(key))) this.put(name, null);
    for (const [name, item] of found)
      if (this.items.get(name)?.metadata?.resourceVersion !== item.metadata?.resourceVersion) this.put(name, item);
    this.version = list.metadata?.resourceVersion ?? '';
  }

  private async watch(): Promise<void> {
    const separator = this.path.includes('?') ? '&' : '?';
    const path = `${this.path}${separator}watch=1&allowWatchBookmarks=true&resourceVersion=${this.version}`;
    for await (const { type, object } of this.api.watch<T & { code?: number }>(path, this.stopping.signal)) {
      if (type === 'ERROR') throw new ApiError(object.code ?? 0, '', 'the watch ended');
      this.version = object.metadata?.resourceVersion ?? this.version;
      if (type !== 'BOOKMARK') this.put(keyOf(object), type === 'DELETED' ? null : object);
    }
  }

  private put(name: string, object: T | null): void {
    const previous = this.items.get(name) ?? null;
    if (object) this.items.set(name, object);
    else this.items.delete(name);
    this.changed(name, object, previous);
  }
}

export function keyOf({ metadata }: KubernetesObject): string {
  return metadata?.namespace ? `${metadata.namespace}/${metadata.name}` : (metadata?.name ?? '');
}
