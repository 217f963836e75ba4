import { setTimeout as sleep } from 'node:timers/promises';
import type { OwnedProcesses } from '../../platform/owned-process.js';

const LOOK_EVERY_MS = 500;

/** One benchmark at a time on a host, whoever makes its load: two would measure each other. */
export class Admission {
  /** The benchmark that was let in last and has not begun. */
  private admitted: string | null = null;

  constructor(private readonly processes: OwnedProcesses) {}

  /**
   * Waits while another benchmark runs on this host, also one that an earlier worker has started; `begin` starts its process.
   * @param onWait called now and then while it waits.
   * @throws the signal's reason.
   */
  async admit(name: string, begin: () => Promise<void>, signal: AbortSignal, onWait: () => void): Promise<void> {
    await this.wait(name, signal, onWait);
    try {
      await begin();
    } finally {
      this.admitted = null;
    }
  }

  private async wait(name: string, signal: AbortSignal, onWait: () => void): Promise<void> {
    for (;;) {
      if (this.admitted === null) {
        this.admitted = name;
        if (!(await this.othersRun(name))) return;
        this.admitted = null;
      }
      onWait();
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }

  private async othersRun(name: string): Promise<boolean> {
    const others = (await this.processes.list()).filter((lease) => lease.kind === 'benchmark' && lease.name !== name);
    const states = await Promise.all(others.map((lease) => this.processes.status(lease.name, 'benchmark')));
    return states.includes('running');
  }
}
