import type { Client } from '@temporalio/client';
import { LRUCache } from 'lru-cache';
import { EventEmitter } from 'node:events';
import { followEvents } from './follow-events.js';
import { RunReading, type RunHistory } from './run-history.js';
import { fetchRun, readTuneHistory, type TuneHistory } from './tune-history.js';
import type { TuneInfo } from './tune-info.js';

/** What is known of one run of a tune. The same object as long as nothing has changed. */
export interface BookEntry {
  readonly history: TuneHistory;
  /** Grows with every event that was read; equal: nothing has happened. */
  readonly version: number;
}

export interface TuneBookOptions {
  /** Finished tunes that are remembered; default 50. */
  readonly remembered?: number;
  /** Milliseconds for which a running tune is followed after somebody has asked for it; default 60,000. */
  readonly followedForMs?: number;
}

const AWAY_MS = 15_000;

/**
 * The histories of tunes for those who ask often. What has ended is read once; what runs is followed event by event, so that asking costs
 * nothing, however many experiments there were.
 */
export class TuneBook {
  private readonly ended: LRUCache<string, RunHistory>;
  private readonly entries: LRUCache<string, BookEntry>;
  private readonly followed = new Map<string, Follower>();
  private readonly followedForMs: number;

  constructor(
    private readonly client: Client,
    { remembered = 50, followedForMs = 60_000 }: TuneBookOptions = {}
  ) {
    this.ended = new LRUCache({ max: remembered * 4 });
    this.entries = new LRUCache({ max: remembered });
    this.followedForMs = followedForMs;
  }

  /** @param info as it is now: its run and status are believed. */
  async read(info: Pick<TuneInfo, 'workflowId' | 'runId' | 'closedAt'>): Promise<BookEntry> {
    const { workflowId, runId } = info;
    const follower = info.closedAt === null ? await this.follow(workflowId, runId) : null;
    const version = follower?.version ?? Infinity;
    const known = this.entries.get(runId);
    if (known?.version === version) return known;
    const history = await readTuneHistory(this.client, workflowId, runId, (id, mustExist) =>
      id === runId && follower
        ? Promise.resolve(follower.reading.history())
        : this.endedRun(workflowId, id, mustExist, id !== runId || isOld(info))
    );
    const entry = { history, version };
    // What it has lost may still come back, for a while after its end.
    if (follower || isOld(info) || history.lost.length === 0) this.entries.set(runId, entry);
    return entry;
  }

  /** Calls back at every event of a running tune. @returns what ends it. */
  async watch(workflowId: string, runId: string, onEvent: () => void): Promise<() => void> {
    const follower = await this.follow(workflowId, runId);
    follower.on('event', onEvent);
    follower.watchers++;
    return () => {
      follower.off('event', onEvent);
      follower.watchers--;
      follower.touch();
    };
  }

  close(): void {
    for (const follower of this.followed.values()) follower.stop();
  }

  private async follow(workflowId: string, runId: string): Promise<Follower> {
    let follower = this.followed.get(runId);
    if (!follower) {
      follower = new Follower(this.client, workflowId, runId, this.followedForMs, () => this.followed.delete(runId));
      this.followed.set(runId, follower);
    }
    follower.touch();
    await follower.caughtUp;
    return follower;
  }

  private async endedRun(
    workflowId: string,
    runId: string,
    mustExist: boolean,
    isFinal: boolean
  ): Promise<RunHistory | null> {
    const known = this.ended.get(runId);
    if (known) return known;
    const run = await fetchRun(this.client, workflowId, runId, mustExist);
    if (run && isFinal) this.ended.set(runId, run);
    return run;
  }
}

function isOld({ closedAt }: Pick<TuneInfo, 'closedAt'>): boolean {
  return closedAt !== null && Date.now() - closedAt.getTime() > AWAY_MS;
}

/** One run that goes on, read as it does. */
class Follower extends EventEmitter {
  readonly reading: RunReading;
  readonly caughtUp: Promise<void>;
  version = 0;
  watchers = 0;
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    client: Client,
    workflowId: string,
    runId: string,
    private readonly followedForMs: number,
    private readonly onEnd: () => void
  ) {
    super();
    this.setMaxListeners(0);
    this.reading = new RunReading(client, runId);
    this.caughtUp = new Promise((resolve, reject) => {
      this.run(followEvents(client, workflowId, runId, this.stopping.signal), resolve).then(resolve, reject);
    });
    // Whoever asks waits for it; nobody may do so.
    this.caughtUp.catch(() => undefined);
  }

  /** Somebody has asked: it is followed for another while. */
  touch(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => (this.watchers > 0 ? this.touch() : this.stop()), this.followedForMs);
    this.timer.unref();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.stopping.abort();
    this.onEnd();
  }

  private async run(batches: ReturnType<typeof followEvents>, onCaughtUp: () => void): Promise<void> {
    try {
      for await (const events of batches) {
        if (events.length === 0) {
          onCaughtUp();
          continue;
        }
        await this.reading.add(events);
        this.version += events.length;
        this.emit('event');
      }
    } finally {
      this.stop();
      this.emit('event');
    }
  }
}
