import type { TunesEvent } from '../../contracts/http/events.js';
import type { TuneSummary } from '../../contracts/http/tunes.js';
import { Ring } from './ring.js';
import type { Listener, Source } from './stream.js';

/** Temporal tells nobody that its list has changed: it is asked, as long as somebody listens. */
const EVERY_MS = 1000;
const LINGER_MS = 60_000;

/** Looks at the list of tunes for everybody who listens. */
export class TunesWatch implements Source<TunesEvent> {
  private readonly listeners = new Set<Listener<TunesEvent>>();
  private readonly ring = new Ring<TunesEvent>('tunes');
  private last: readonly TuneSummary[] | null = null;
  private first: Promise<void> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private lastListenedAt = 0;
  private isClosed = false;

  /** @param list the latest tunes. */
  constructor(private readonly list: () => Promise<readonly TuneSummary[]>) {}

  async listen(listener: Listener<TunesEvent>, after: string | null): Promise<() => void> {
    this.first ??= this.begin();
    await this.first;
    const missed = after === null ? null : this.ring.after(after);
    if (missed) for (const event of missed) listener.send(event);
    else listener.send({ type: 'snapshot', id: this.ring.latestId, tunes: [...(this.last ?? [])] });
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
      this.lastListenedAt = performance.now();
    };
  }

  get size(): number {
    return this.listeners.size;
  }

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  private async begin(): Promise<void> {
    try {
      await this.look();
    } catch (error) {
      this.first = null;
      throw error;
    }
    this.later();
  }

  private later(): void {
    if (this.isClosed) return;
    this.timer = setTimeout(
      () =>
        void this.look()
          .catch(() => undefined)
          .finally(() => this.later()),
      EVERY_MS
    );
    this.timer.unref();
  }

  private async look(): Promise<void> {
    const isWatched = this.listeners.size > 0 || performance.now() - this.lastListenedAt < LINGER_MS;
    if (this.last && !isWatched) return;
    const tunes = await this.list();
    const before = new Map((this.last ?? []).map((tune) => [keyOf(tune), JSON.stringify(tune)]));
    const isFirst = this.last === null;
    this.last = tunes;
    if (isFirst) return;
    // The oldest first, so that the newest is told last.
    for (const tune of [...tunes].reverse()) {
      if (before.get(keyOf(tune)) === JSON.stringify(tune)) continue;
      const event = this.ring.add((id) => ({ type: 'tune', id, tune }));
      for (const listener of this.listeners) listener.send(event);
    }
  }
}

function keyOf({ workflowId, runId }: TuneSummary): string {
  return `${workflowId} ${runId}`;
}
