/** Reconciles keys one at a time each: what comes in while one is at work is done again afterwards; what fails is retried. */

const FIRST_RETRY_MS = 50;
const LONGEST_RETRY_MS = 5000;

/** @returns milliseconds after which it is to be looked at again, if at all. */
export type Reconcile = (key: string) => Promise<number | void>;

export class WorkQueue {
  private readonly waiting = new Set<string>();
  private readonly active = new Map<string, Promise<void>>();
  private readonly failures = new Map<string, number>();
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private stopped = false;

  constructor(private readonly reconcile: Reconcile) {}

  add(key: string): void {
    if (this.stopped) return;
    clearTimeout(this.timers.get(key));
    this.timers.delete(key);
    if (this.active.has(key)) this.waiting.add(key);
    else this.active.set(key, this.work(key));
  }

  /** Resolves when nothing is at work any more. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
    await Promise.all(this.active.values());
  }

  private async work(key: string): Promise<void> {
    let again: number | void;
    try {
      again = await this.reconcile(key);
      this.failures.delete(key);
    } catch {
      const failures = this.failures.get(key) ?? 0;
      this.failures.set(key, failures + 1);
      again = Math.min(FIRST_RETRY_MS * 2 ** failures, LONGEST_RETRY_MS);
    }
    this.active.delete(key);
    if (this.stopped) return;
    if (this.waiting.delete(key)) this.add(key);
    else if (again !== undefined)
      this.timers.set(
        key,
        setTimeout(() => this.add(key), again)
      );
  }
}
