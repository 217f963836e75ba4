/** One pod: its containers, its status in the API, and its end. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import { ApiError, type Api } from '../api.js';
import { ContainerProcess, type ContainerHost } from './container-process.js';
import { podStatus } from './container-state.js';
import { publishEndpoints } from './kubelet-endpoints.js';

/** The API server may be away for any time. */
const RETRY_MS = 100;
const GONE = [404, 409];

export class PodProcess {
  readonly containers: readonly ContainerProcess[];
  private readonly startTime = new Date();
  private readonly stopping = new AbortController();
  private readonly running: Promise<unknown>;
  private dirty = false;
  private writing: Promise<void> | null = null;
  private removed = false;

  constructor(
    private pod: V1Pod,
    private readonly api: Api,
    host: Omit<ContainerHost, 'changed' | 'publish'>
  ) {
    const own = {
      ...host,
      changed: (): void => this.changed(),
      publish: (signal: AbortSignal): Promise<void> => this.publish(signal),
    };
    this.containers = (pod.spec?.containers ?? []).map((container) => new ContainerProcess(pod, container, own));
    this.changed();
    this.running = Promise.all(this.containers.map((container) => container.run(this.stopping.signal)));
  }

  get uid(): string | undefined {
    return this.pod.metadata?.uid;
  }

  /** The object has changed. */
  update(pod: V1Pod): void {
    this.pod = pod;
    if (pod.metadata?.deletionTimestamp && !this.stopping.signal.aborted) void this.end();
  }

  /** The object is gone: so are its processes, at once. */
  async abandon(): Promise<void> {
    this.removed = true;
    this.stopping.abort();
    for (const container of this.containers) container.signal('SIGKILL');
    await this.running;
  }

  /** What a kubelet does with a pod that is being deleted. */
  private async end(): Promise<void> {
    const graceMs = (this.pod.metadata?.deletionGracePeriodSeconds ?? 30) * 1000;
    this.stopping.abort();
    for (const container of this.containers) container.signal('SIGTERM');
    const killing = setTimeout(() => {
      for (const container of this.containers) container.signal('SIGKILL');
    }, graceMs);
    await this.running;
    clearTimeout(killing);
    // A Job's pod keeps its finalizer until its end is on record.
    for (const container of this.containers) container.giveUp();
    await this.writing;
    await this.persist(() => this.api.remove(this.path, { gracePeriodSeconds: 0, preconditions: { uid: this.uid } }));
  }

  private get path(): string {
    return `/api/v1/namespaces/${this.pod.metadata?.namespace}/pods/${this.pod.metadata?.name}`;
  }

  private changed(): void {
    this.dirty = true;
    this.writing ??= this.write().finally(() => {
      this.writing = null;
      // It may have changed after the last look.
      if (this.dirty && !this.removed) this.changed();
    });
  }

  private async write(): Promise<void> {
    // The constructor is still at work when the first change is announced.
    await Promise.resolve();
    while (this.dirty && !this.removed) {
      this.dirty = false;
      const views = this.containers.map(({ view }) => view);
      const status = podStatus(this.pod, views, this.startTime);
      // With the uid a namesake's status is refused.
      await this.persist(() => this.api.patch(`${this.path}/status`, { metadata: { uid: this.uid }, status }));
    }
  }

  private async publish(signal: AbortSignal): Promise<void> {
    const known = this.containers.map(({ endpoints }) => endpoints).filter((item) => item !== null);
    await this.persist(() => publishEndpoints(this.api, this.pod, known), signal);
  }

  /** Until it succeeds or the pod is gone. */
  private async persist(action: () => Promise<unknown>, signal?: AbortSignal): Promise<void> {
    while (!this.removed && !signal?.aborted) {
      try {
        await action();
        return;
      } catch (error) {
        if (error instanceof ApiError && GONE.includes(error.code)) return;
        await sleep(RETRY_MS);
      }
    }
  }
}
