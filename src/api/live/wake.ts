import type { Client } from '@temporalio/client';
import { followEvents } from '../../client/index.js';
import { experimentWorkflowId } from '../../domain/names.js';

/** Something to wait for, with a time after which it is not waited for any longer. */
export class Alarm {
  private ring: (() => void) | null = null;
  private isRung = false;

  /** May come at any time, and as often as it likes. */
  readonly wake = (): void => {
    this.isRung = true;
    this.ring?.();
  };

  /** Until somebody wakes it, or so many milliseconds later; at once if somebody has since the last time. */
  async wait(milliseconds: number): Promise<void> {
    if (!this.isRung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.ring = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.ring = null;
    this.isRung = false;
  }
}

const AGAIN_AFTER_MS = 500;

/** Wakes somebody at every step of the running experiments of a tune: their phases are in their own histories. */
export class ExperimentAlarms {
  private readonly followed = new Map<number, AbortController>();

  constructor(
    private readonly client: Client,
    private readonly tuneId: string,
    private readonly wake: () => void
  ) {}

  /** Follows these, and no others any more. */
  follow(experimentIds: readonly number[]): void {
    for (const [id, stop] of this.followed) if (!experimentIds.includes(id)) this.end(id, stop);
    for (const id of experimentIds) {
      if (this.followed.has(id)) continue;
      const stop = new AbortController();
      this.followed.set(id, stop);
      void this.run(id, stop);
    }
  }

  close(): void {
    for (const [id, stop] of this.followed) this.end(id, stop);
  }

  private end(id: number, stop: AbortController): void {
    stop.abort();
    this.followed.delete(id);
  }

  private async run(id: number, stop: AbortController): Promise<void> {
    try {
      for await (const events of followEvents(this.client, experimentWorkflowId(this.tuneId, id), '', stop.signal))
        if (events.length > 0) this.wake();
    } catch {
      // One that has only just been planned is not there yet: the next look tries again.
    }
    setTimeout(() => {
      if (this.followed.get(id) === stop) this.followed.delete(id);
      if (!stop.signal.aborted) this.wake();
    }, AGAIN_AFTER_MS).unref();
  }
}
