/** Does to a stage what a plan says, when the history has come so far. */
import { setTimeout as sleep } from 'node:timers/promises';
import { kill } from '../support/world.js';
import { canHarm, mayRepeat, describeFault, type Fault, type Plan } from './faults.js';
import type { Harm } from './harm.js';
import type { Seen } from './history-feed.js';
import type { Stage } from './stage.js';
import type { Supervised } from './supervised.js';
import { newestOwned, pidsOf } from './victims.js';

export interface Done {
  readonly event: Seen;
  readonly what: string;
  /** False when there was nothing to do it to, as with a CLI that had ended. */
  readonly hit: boolean;
}

export class Nemesis {
  readonly done: Done[] = [];
  /** What of it may have changed an outcome. */
  readonly harms: Harm[] = [];
  private next = 0;
  private readonly undoing: Promise<void>[] = [];
  /** What is waited for does not come any more. */
  private readonly over = new AbortController();
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
      const { fault, afterMs = 0, upon } = due;
      this.queue = this.queue.then(async () => {
        const what = upon ? `${describeFault(fault)} upon ${upon}` : describeFault(fault);
        if (upon && !(await this.stage.docker?.until(upon, this.task, this.over.signal)))
          return void this.done.push({ event, what, hit: false });
        if (afterMs > 0) await sleep(afterMs);
        const fromMs = Date.now();
        const hit = await this.inflict(fault);
        this.done.push({ event, what, hit: hit !== false });
        const repeats = mayRepeat(fault);
        if (!(canHarm(fault) || repeats) || hit === false) return;
        // What is undone by then is over; a kill is over at once.
        const isOver = 'ms' in fault ? this.undoing.at(-1) : undefined;
        const harmed: readonly Pick<Harm, 'experiment'>[] =
          typeof hit === 'boolean' ? [{}] : [hit].flat().map((experiment) => ({ experiment }));
        const add = (): void =>
          void this.harms.push(...harmed.map((one) => ({ fromMs, toMs: Date.now(), ...one, repeats })));
        if (isOver) this.undoing.push(isOver.then(add));
        else add();
      });
    }
  }

  /** Waits until every fault that has begun is over. */
  async settle(): Promise<void> {
    this.over.abort();
    await this.queue;
    await Promise.all(this.undoing);
    await this.stage.stopRival();
  }

  /** @returns whether there was something to do it to; of what belongs to attempts of experiments, their names. */
  private async inflict(fault: Fault): Promise<boolean | string | string[]> {
    const { stage } = this;
    switch (fault.kind) {
      case 'kill': {
        const pids = await pidsOf(fault.victim, stage, this.cli);
        for (const pid of pids) kill(pid, 'SIGKILL');
        return pids.length > 0;
      }
      case 'stop': {
        const pids = await pidsOf(fault.victim, stage, this.cli);
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
      case 'kill-api-server':
        if (!stage.cluster) return false;
        // It must have come back before it can be killed again.
        await Promise.all(this.undoing);
        await stage.cluster.killApiServer();
        this.undo(fault.ms, () => stage.cluster?.startApiServer());
        return true;
      case 'kill-owned': {
        const victim = await newestOwned(fault.what, stage, this.task);
        if (victim) kill(victim.pid, 'SIGKILL');
        return victim?.experiment ?? false;
      }
      case 'kill-container':
        return (await stage.docker?.killEngine(this.task, fault.during, this.over.signal)) ?? false;
      case 'restart-daemon': {
        if (!stage.docker) return false;
        // It must have come back before it can be ended again.
        await Promise.all(this.undoing);
        // One that has just begun has not written anything yet.
        const containers = await stage.docker.containersOf(this.task);
        await stage.docker.end(fault.by);
        this.undo(fault.ms, () => stage.docker?.startAgain());
        return containers;
      }
    }
  }

  private async disturb({ between, fault, ms }: Extract<Fault, { kind: 'network' }>): Promise<boolean> {
    const { stage } = this;
    const proxy = between === 'worker-temporal' ? stage.proxy : stage.site?.proxy;
    if (between !== 'benchmark-engine') {
      proxy?.set(fault);
      this.undo(ms, () => proxy?.set({ kind: 'none' }));
    } else {
      await stage.setEngineNetwork(fault);
      this.undo(ms, () => stage.setEngineNetwork({ kind: 'none' }));
    }
    return true;
  }

  private undo(afterMs: number, work: () => unknown): void {
    this.undoing.push(sleep(afterMs).then(async () => void (await work())));
  }
}
