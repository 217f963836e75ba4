/** What can be done to a run, and when. A plan is data, so that it can be printed and replayed. */
import type { NetworkFault } from './fault-proxy.js';

export type Victim = 'worker' | 'server' | 'supervisor' | 'cli' | 'everything';

export type Fault =
  /** SIGKILL; what is supervised is started again at once. */
  | { readonly kind: 'kill'; readonly victim: Victim }
  /** SIGSTOP, and SIGCONT after `ms`. */
  | { readonly kind: 'stop'; readonly victim: 'worker' | 'server' | 'cli'; readonly ms: number }
  /** SIGTERM, and SIGKILL after `graceMs`; without it the worker may take its time. */
  | { readonly kind: 'term'; readonly victim: 'worker'; readonly graceMs?: number }
  /** A second worker on the same host, for the rest of the run. */
  | { readonly kind: 'rival' }
  | {
      readonly kind: 'network';
      readonly between: 'worker-temporal' | 'benchmark-engine';
      readonly fault: NetworkFault;
      readonly ms: number;
    }
  /** The disk under state and results is full for `ms`. */
  | { readonly kind: 'disk-full'; readonly ms: number }
  /** The worker's clock jumps by `ms`, forwards or backwards. */
  | { readonly kind: 'clock'; readonly ms: number }
  /** SIGKILL of an engine while its children live on, or of a load generator. */
  | { readonly kind: 'kill-owned'; readonly what: 'engine' | 'benchmark' };

export interface Planned {
  /** The history event, over the tune and its experiments, that sets it off. */
  readonly atEvent: number;
  readonly fault: Fault;
}

export interface Plan {
  readonly name: string;
  readonly seed: number;
  readonly faults: readonly Planned[];
  /** How the engines of this run are made. */
  readonly engine?: readonly string[];
}

/** Faults that change an outcome: what they hit may fail, and only that. */
export function mayFail({ faults }: Plan): boolean {
  return faults.some(
    ({ fault }) => fault.kind === 'kill-owned' || (fault.kind === 'network' && fault.between === 'benchmark-engine')
  );
}

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
    case 'kill-owned':
      return `kill ${fault.what}`;
  }
}
