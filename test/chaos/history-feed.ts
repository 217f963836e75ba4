/** Every event of a tune and its experiments as it happens, by Temporal's own long poll. It goes on when the server has been away. */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';

export interface Seen {
  /** From 1, over the tune and all its experiments. */
  readonly number: number;
  /** `activityTaskStarted`. */
  readonly type: string;
  readonly workflowId: string;
}

/** The longest time in which nothing happened. */
export interface Silence {
  readonly seconds: number;
  readonly after: Seen;
  readonly before: Seen;
}

const RETRY_MS = 50;
const POLL_WITHIN_MS = 10_000;
/** HISTORY_EVENT_FILTER_TYPE_ALL_EVENT of temporal.api.enums.v1. */
const ALL_EVENTS = 1;

export class HistoryFeed {
  private latest: (Seen & { readonly atMs: number }) | null = null;
  private longest: Silence | null = null;
  private readonly ending = new AbortController();
  private readonly followers: Promise<void>[] = [];

  constructor(
    private readonly client: Client,
    private readonly onEvent: (event: Seen) => void
  ) {
    // Each poll of each workflow listens to it.
    setMaxListeners(0, this.ending.signal);
  }

  get events(): number {
    return this.latest?.number ?? 0;
  }

  get silence(): Silence | null {
    return this.longest;
  }

  /**
   * Reads a workflow, and its children as they start.
   * @param runId without it, the latest run.
   * @returns when it has ended, or the feed is stopped.
   */
  follow(workflowId: string, runId = ''): Promise<void> {
    const follower = this.read(workflowId, runId);
    this.followers.push(follower);
    return follower;
  }

  async stop(): Promise<void> {
    this.ending.abort();
    await Promise.all(this.followers);
  }

  private async read(workflowId: string, runId: string): Promise<void> {
    let known = 0;
    while (!this.ending.signal.aborted) {
      try {
        if (await this.readOnce(workflowId, runId, (id) => (id > known ? ((known = id), true) : false))) return;
      } catch {
        await sleep(RETRY_MS);
      }
    }
  }

  /** @returns whether the workflow has ended. */
  private async readOnce(workflowId: string, runId: string, isNew: (eventId: number) => boolean): Promise<boolean> {
    let nextPageToken: Uint8Array | null | undefined;
    do {
      const answer = await this.client.withAbortSignal(this.ending.signal, () =>
        this.client.withDeadline(Date.now() + POLL_WITHIN_MS, () =>
          this.client.workflowService.getWorkflowExecutionHistory({
            namespace: this.client.options.namespace,
            execution: { workflowId, runId },
            waitNewEvent: true,
            historyEventFilterType: ALL_EVENTS,
            ...(nextPageToken ? { nextPageToken } : {}),
          })
        )
      );
      for (const event of answer.history?.events ?? []) {
        if (!isNew(Number(event.eventId))) continue;
        const child = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution;
        if (child?.workflowId && child.runId) void this.follow(child.workflowId, child.runId);
        const type = (event as { attributes?: string }).attributes?.replace(/EventAttributes$/, '') ?? 'unknown';
        this.tell({ number: this.events + 1, type, workflowId });
        if (/^workflowExecution(?:Completed|Failed|Canceled|Terminated|TimedOut)$/.test(type)) return true;
      }
      ({ nextPageToken } = answer);
    } while (nextPageToken && nextPageToken.length > 0);
    return false;
  }

  private tell(seen: Seen): void {
    const atMs = performance.now();
    const { latest } = this;
    const seconds = latest ? (atMs - latest.atMs) / 1000 : 0;
    if (latest && seconds > (this.longest?.seconds ?? 0)) this.longest = { seconds, after: latest, before: seen };
    this.latest = { ...seen, atMs };
    this.onEvent(seen);
  }
}
