/**
 * Plays the kubelet of the fake nodes: a pod that is bound to one becomes processes of this machine. Writes the pod's status and
 * the usual events; port-forward, logs and exec are served by kwok and lead to those processes.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { V1Pod, V1Service } from '@kubernetes/client-node';
import { findFreePort } from '../../../../src/platform/ports.js';
import type { Api } from '../api.js';
import type { Children } from '../children.js';
import { Mirror } from '../mirror.js';
import { resolveServices, type ClusterView } from './cluster-dns.js';
import type { ContainerProcess } from './container-process.js';
import { Events } from './events.js';
import type { Images } from './image-program.js';
import { PodProcess } from './pod-process.js';

export interface PodProcessesOptions {
  readonly api: Api;
  readonly children: Children;
  /** Folder for the pods' logs and volumes. */
  readonly dir: string;
  /** May be changed at any time. */
  readonly images: Images;
  volume(namespace: string, claim: string): string;
}

export class PodProcesses {
  private readonly pods: Mirror<V1Pod>;
  private readonly services: Mirror<V1Service>;
  private readonly running = new Map<string, PodProcess>();
  private readonly events: Events;
  private readonly promisedPorts = new Set<number>();
  private frozen = false;

  constructor(private readonly options: PodProcessesOptions) {
    this.events = new Events(options.api, 'kubelet');
    // Only pods that the scheduler has put on a node are a kubelet's business.
    const bound = '/api/v1/pods?fieldSelector=spec.nodeName!%3D';
    this.pods = new Mirror<V1Pod>(options.api, bound, (name, pod) => this.changed(name, pod));
    this.services = new Mirror<V1Service>(options.api, '/api/v1/services');
  }

  async start(): Promise<void> {
    await Promise.all([this.pods.start(), this.services.start()]);
  }

  /** Every process ends at once. */
  async stop(): Promise<void> {
    this.pods.stop();
    this.services.stop();
    await Promise.all([...this.running.values()].map((pod) => pod.abandon()));
    this.running.clear();
  }

  /** While frozen it is like a kubelet that died: no pod starts, ends or goes; processes go on. */
  freeze(frozen: boolean): void {
    this.frozen = frozen;
    if (frozen) return;
    for (const [name, pod] of this.pods.items) this.changed(name, pod);
    for (const name of [...this.running.keys()].filter((key) => !this.pods.items.has(key))) this.changed(name, null);
  }

  /** Ends a pod's programs as the kernel does when memory runs out. */
  killForMemory(namespace: string, pod: string): void {
    for (const container of this.containers(namespace, pod)) container.killForMemory();
  }

  /** Signals a pod's programs. */
  signal(namespace: string, pod: string, signal: NodeJS.Signals): void {
    for (const container of this.containers(namespace, pod)) container.signal(signal);
  }

  /** The programs of a pod that run now. */
  pids(namespace: string, pod: string): number[] {
    return this.containers(namespace, pod).flatMap(({ pid }) => pid ?? []);
  }

  private containers(namespace: string, pod: string): readonly ContainerProcess[] {
    return this.running.get(`${namespace}/${pod}`)?.containers ?? [];
  }

  private changed(name: string, pod: V1Pod | null): void {
    if (this.frozen) return;
    const known = this.running.get(name);
    if (known && known.uid !== pod?.metadata?.uid) {
      this.running.delete(name);
      void known.abandon().then(() => rm(this.podDir(known.uid), { recursive: true, force: true }));
    }
    if (!pod) return;
    const current = this.running.get(name);
    if (current) return current.update(pod);
    if (['Succeeded', 'Failed'].includes(pod.status?.phase ?? '')) return;
    const started = this.launch(pod);
    this.running.set(name, started);
    started.update(pod);
  }

  private launch(pod: V1Pod): PodProcess {
    const { api, children, images, volume } = this.options;
    return new PodProcess(pod, api, {
      api,
      children,
      images,
      volume,
      podDir: this.podDir(pod.metadata?.uid),
      freePort: () => this.freePort(),
      resolveServices: (text) => resolveServices(text, this.view),
      event: (details) => void this.events.record({ apiVersion: 'v1', kind: 'Pod', ...pod }, details),
    });
  }

  private podDir(uid: string | undefined): string {
    return join(this.options.dir, uid ?? '');
  }

  private async freePort(): Promise<number> {
    const port = await findFreePort(this.promisedPorts, Math.floor(Math.random() * 10_000));
    this.promisedPorts.add(port);
    return port;
  }

  private readonly view: ClusterView = {
    service: (name) => this.services.items.get(name),
    pods: () => this.pods.items.values(),
    localPort: ({ metadata }, containerPort) => {
      const containers = this.containers(metadata?.namespace ?? '', metadata?.name ?? '');
      return containers.map((container) => container.localPort(containerPort)).find((port) => port !== undefined);
    },
  };
}
