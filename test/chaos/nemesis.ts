/** Does to a stage what a plan says, when the history has come so far. */
import { setTimeout as sleep } from 'node:timers/promises';
import { kill } from '../support/world.js';
import { describeFault, type Fault, type Plan } from './faults.js';
import type { Seen } from './history-feed.js';
import { readLogbook } from './logbook.js';
import type { Stage } from './stage.js';
import type { Supervised } from './supervised.js';

export interface Done {
  readonly event: Seen;
  readonly what: string;
  /** False when there was nothing to do it to, as with a CLI that had ended. */
  readonly hit: boolean;
}

export class Nemesis {
  readonly done: Done[] = [];
  private next = 0;
  private readonly undoing: Promise<void>[] = [];
  /** One at a time, in the order of the plan. */
  private queue: Promise<void> = Promise.resolve();

  constructor(
    private readonly stage: Stage,
    private readonly plan: Plan,
    private readonly task: string,
    private readonly cli: Supervised
  ) {}

  onEvent(event: Seen): void {
    for (let due = this.plan.faults[this.next]; due && due.atEvent <= event.number; due = this.plan.faults[this.next]) {
      this.next++;
      const { fault } = due;
      this.queue = this.queue.then(async () => {
        this.done.push({ event, what: describeFault(fault), hit: await this.inflict(fault) });
      });
    }
  }

  /** Waits until every fault that has begun is over. */
  async settle(): Promise<void> {
    await this.queue;
    await Promise.all(this.undoing);
    await this.stage.stopRival();
  }

  private async inflict(fault: Fault): Promise<boolean> {
    const { stage } = this;
    switch (fault.kind) {
      case 'kill':
        return this.signal(fault.victim, 'SIGKILL');
      case 'stop': {
        const pids = await this.pidsOf(fault.victim);
        for (const pid of pids) kill(pid, 'SIGSTOP');
        this.undo(fault.ms, () => pids.forEach((pid) => kill(pid, 'SIGCONT')));
        return pids.length > 0;
      }
      case 'term': {
        const { pid } = stage.worker;
        const { graceMs } = fault;
        if (graceMs !== undefined)
          this.undo(graceMs, () => void (pid === stage.worker.pid && stage.worker.signal('SIGKILL')));
        return stage.worker.signal('SIGTERM');
      }
      case 'rival':
        stage.startRival();
        return true;
      case 'network':
        return this.disturb(fault);
      case 'disk-full':
        await stage.fillDisk();
        this.undo(fault.ms, () => stage.emptyDisk());
        return true;
      case 'clock':
        await stage.setClock(fault.ms);
        return true;
      case 'kill-owned': {
        const entries = await readLogbook(stage.logFile, this.task);
        const started = entries.filter(
          ({ event }) => event === (fault.what === 'engine' ? 'engine-start' : 'bench-start')
        );
        const alive = await stage.world.processes(`${this.task}-exp`);
        // The newest: it has the longest life before it.
        const pid = started.map((entry) => entry.pid).findLast((candidate) => alive.includes(candidate));
        if (pid !== undefined) kill(pid, 'SIGKILL');
        return pid !== undefined;
      }
    }
  }

  private async disturb({ between, fault, ms }: Extract<Fault, { kind: 'network' }>): Promise<boolean> {
    const { stage } = this;
    if (between === 'worker-temporal') {
      stage.proxy.set(fault);
      this.undo(ms, () => stage.proxy.set({ kind: 'none' }));
    } else {
      await stage.setEngineNetwork(fault);
      this.undo(ms, () => stage.setEngineNetwork({ kind: 'none' }));
    }
    return true;
  }

  private async signal(victim: Extract<Fault, { kind: 'kill' }>['victim'], signal: NodeJS.Signals): Promise<boolean> {
    const pids = await this.pidsOf(victim);
    for (const pid of pids) kill(pid, signal);
    return pids.length > 0;
  }

  private async pidsOf(victim: Extract<Fault, { kind: 'kill' }>['victim']): Promise<number[]> {
    const { stage, cli } = this;
    const present = (pid: number | null | undefined): number[] => (pid == null ? [] : [pid]);
    const server = (): Promise<number[]> => stage.world.processes('temporal.', 'server');
    switch (victim) {
      case 'worker':
        return present(stage.worker.pid);
      case 'supervisor':
        return present(stage.server.pid);
      case 'server':
        return server();
      case 'cli':
        return present(cli.pid);
      case 'everything':
        return [...present(stage.worker.pid), ...present(stage.server.pid), ...(await server())];
    }
  }

  private undo(afterMs: number, work: () => unknown): void {
    this.undoing.push(sleep(afterMs).then(async () => void (await work())));
  }
}
