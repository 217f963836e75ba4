import { CancellationScope, condition } from '@temporalio/workflow';

/** Work that goes on side by side in one scope: counted, so that its caller can bound it, and cancelled together. */
export class BoundedChildren {
  private readonly scope = new CancellationScope();
  private running = 0;
  private ended = 0;

  get inFlight(): number {
    return this.running;
  }

  get finished(): number {
    return this.ended;
  }

  /** @param work must handle its own errors: one that escapes is a mistake of ours and fails the workflow task. */
  start(work: () => Promise<void>): void {
    this.running++;
    void this.scope.run(work).finally(() => {
      this.running--;
      this.ended++;
    });
  }

  cancel(): void {
    this.scope.cancel();
  }

  /** Waits for the last of them, also while the workflow itself is being cancelled. */
  drained(): Promise<void> {
    return CancellationScope.nonCancellable(() => condition(() => this.running === 0));
  }
}
