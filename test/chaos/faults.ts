/** What can be done to a run, and when. A plan is data, so that it can be printed and replayed. */
import type { Moment } from './docker-site.js';
import type { NetworkFault } from './fault-proxy.js';

export type Victim = 'worker' | 'server' | 'supervisor' | 'cli' | 'optimizer' | 'daemon' | 'everything';

export type Fault =
  /** SIGKILL; what is supervised is started again at once. */
  | { readonly kind: 'kill'; readonly victim: Victim }
  /** SIGSTOP, and SIGCONT after `ms`. */
  | { readonly kind: 'stop'; readonly victim: Exclude<Victim, 'supervisor' | 'everything'>; readonly ms: number }
  /** SIGTERM, and SIGKILL after `graceMs`; without it the worker may take its time. */
  | { readonly kind: 'term'; readonly victim: 'worker'; readonly graceMs?: number }
  /** A second worker on the same host, for the rest of the run. */
  | { readonly kind: 'rival' }
  | {
      readonly kind: 'network';
      readonly between: 'worker-temporal' | 'worker-kubernetes' | 'worker-docker' | 'benchmark-engine';
      readonly fault: NetworkFault;
      readonly ms: number;
    }
  /** The disk under state and results is full for `ms`. */
  | { readonly kind: 'disk-full'; readonly ms: number }
  /** The worker's clock jumps by `ms`, forwards or backwards. */
  | { readonly kind: 'clock'; readonly ms: number }
  /** SIGKILL of the Kubernetes API server, which is started again after `ms`. */
  | { readonly kind: 'kill-api-server'; readonly ms: number }
  /** SIGKILL of an engine while its children live on, of a load generator, or of the way to an engine in a cluster. */
  | { readonly kind: 'kill-owned'; readonly what: 'engine' | 'benchmark' | 'forward' }
  /** `docker kill` of a container whose engine is so far. */
  | { readonly kind: 'kill-container'; readonly during: 'start' | 'load' }
  /** The Docker daemon ends, and its containers with it; it is started again after `ms`. */
  | { readonly kind: 'restart-daemon'; readonly by: 'SIGTERM' | 'SIGKILL'; readonly ms: number };

export interface Planned {
  /** The history event, over the tune and its experiments, that sets it off. */
  readonly atEvent: number;
  /** What happens to a container next after it, for which the fault waits. */
  readonly upon?: Moment;
  /** How long after it: while a load runs there are no events. @default 0 */
  readonly afterMs?: number;
  readonly fault: Fault;
}

export interface Plan {
  readonly name: string;
  readonly seed: number;
  readonly faults: readonly Planned[];
  /** How the engines of this run are made. */
  readonly engine?: readonly string[];
}

/** Whether a fault can change an outcome: what it hits may fail, and only that. Nothing here is slow enough for latency to do it. */
export function canHarm(fault: Fault): boolean {
  // The load does not take the way of the worker to Temporal, nor that to Docker.
  if (fault.kind === 'network')
    return !['worker-temporal', 'worker-docker'].includes(fault.between) && fault.fault.kind !== 'latency';
  return ['kill-owned', 'kill-api-server', 'kill-container', 'restart-daemon'].includes(fault.kind);
}

/** Whether a fault may end a load generator that is then rightly started again, with the same outcome. */
export const mayRepeat = (fault: Fault): boolean => fault.kind === 'disk-full';

export function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case 'kill':
      return `kill ${fault.victim}`;
    case 'stop':
      return `stop ${fault.victim} for ${fault.ms} ms`;
    case 'term':
      return `term ${fault.victim}${fault.graceMs === undefined ? '' : `, kill after ${fault.graceMs} ms`}`;
    case 'rival':
      return 'a second worker';
    case 'network':
      return `${fault.fault.kind} ${fault.between} for ${fault.ms} ms`;
    case 'disk-full':
      return `disk full for ${fault.ms} ms`;
    case 'clock':
      return `clock ${fault.ms > 0 ? '+' : ''}${fault.ms / 1000} s`;
    case 'kill-api-server':
      return `kill API server for ${fault.ms} ms`;
    case 'kill-owned':
      return `kill ${fault.what}`;
    case 'kill-container':
      return `kill container during ${fault.during}`;
    case 'restart-daemon':
      return `${fault.by} of the daemon, back after ${fault.ms} ms`;
  }
}
