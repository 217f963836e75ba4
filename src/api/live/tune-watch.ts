import type { TuneEvent } from '../../contracts/http/events.js';
import type { ExperimentRow } from '../../contracts/http/experiments.js';
import type { TuneView } from '../../contracts/http/tunes.js';
import { Ring } from './ring.js';
import type { Listener, Source } from './stream.js';
import { Alarm } from './wake.js';

/** What is seen of a tune at one look. */
export interface Look {
  readonly view: TuneView;
  readonly rows: ReadonlyMap<number, ExperimentRow>;
}

/** How a tune is looked at. */
export interface TuneEye {
  look(): Promise<Look>;
  /** Wakes at everything that happens to the run that was looked at last, and to its running experiments. */
  attend(look: Look, wake: () => void): Promise<void>;
  close(): void;
}

/** Things that happen at once are seen at once. */
const GATHER_MS = 20;
/** Two looks are no closer than this, however much happens. */
const AT_LEAST_MS = 100;
/** What an activity says of its progress is no event, and is seen this often. */
const RUNNING_MS = 2000;
/** A tune that has ended may be run again. */
const ENDED_MS = 5000;
/** Temporal is away. */
const TROUBLE_MS = 1000;
/** These change with every second; alone they are told so often. */
const VOLATILE: ReadonlySet<keyof TuneView> = new Set(['spending', 'eta']);
const VOLATILE_MS = 5000;

/** Looks at one tune for everybody who listens, and tells them what has changed. */
export class TuneWatch implements Source<TuneEvent> {
  private readonly listeners = new Set<Listener<TuneEvent>>();
  private readonly alarm = new Alarm();
  private ring: Ring<TuneEvent> | null = null;
  private last: Look | null = null;
  private toldVolatileAt = 0;
  private first: Promise<void> | null = null;
  private lingering: NodeJS.Timeout | undefined;
  private isClosed = false;

  /**
   * @param onIdle called when nobody has listened for `lingerMs`: what was told until then is forgotten.
   */
  constructor(
    private readonly eye: TuneEye,
    private readonly onIdle: () => void,
    private readonly lingerMs = 120_000
  ) {}

  /** @throws what the first look throws: there may be no such tune. */
  async listen(listener: Listener<TuneEvent>, after: string | null): Promise<() => void> {
    clearTimeout(this.lingering);
    this.first ??= this.begin();
    await this.first;
    const missed = after === null ? null : (this.ring?.after(after) ?? null);
    if (missed) for (const event of missed) listener.send(event);
    else if (this.ring && this.last) listener.send({ type: 'snapshot', id: this.ring.latestId, view: this.last.view });
    this.listeners.add(listener);
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0 && !this.isClosed) {
        this.lingering = setTimeout(() => this.close(), this.lingerMs);
        this.lingering.unref();
      }
    };
  }

  get size(): number {
    return this.listeners.size;
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    clearTimeout(this.lingering);
    this.eye.close();
    this.alarm.wake();
    this.onIdle();
  }

  private async begin(): Promise<void> {
    try {
      await this.lookOnce();
    } catch (error) {
      this.close();
      throw error;
    }
    void this.run();
  }

  private async run(): Promise<void> {
    while (!this.isClosed) {
      const isRunning = this.last?.view.info.closedAt === null;
      await this.alarm.wait(isRunning ? RUNNING_MS : ENDED_MS);
      await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
      if (this.isClosed) return;
      const lookedAt = performance.now();
      const isWell = await this.lookOnce().then(
        () => true,
        () => false
      );
      const rest = (isWell ? AT_LEAST_MS : TROUBLE_MS) - (performance.now() - lookedAt);
      if (rest > 0) await new Promise((resolve) => setTimeout(resolve, rest));
    }
  }

  private async lookOnce(): Promise<void> {
    const look = await this.eye.look();
    if (this.isClosed) return;
    await this.eye.attend(look, this.alarm.wake);
    this.tell(look);
  }

  private tell(look: Look): void {
    const before = this.last;
    const { runId } = look.view.info;
    if (!before || !this.ring || before.view.info.runId !== runId) {
      this.ring = new Ring(runId);
      this.last = look;
      this.send((id) => ({ type: 'snapshot', id, view: look.view }));
      return;
    }
    for (const [number, row] of look.rows)
      if (before.rows.get(number) !== row) this.send((id) => ({ type: 'experiment', id, row }));
    const changed = this.changed(before.view, look.view);
    if (changed.length > 0) {
      const fields = Object.fromEntries(changed.map((field) => [field, look.view[field]])) as Partial<TuneView>;
      this.send((id) => ({ type: 'changed', id, fields }));
    }
    // What was not told yet is still to be told.
    const untold = [...VOLATILE].filter((field) => !changed.includes(field));
    const kept = Object.fromEntries(untold.map((field) => [field, before.view[field]]));
    this.last = { rows: look.rows, view: { ...look.view, ...kept } };
  }

  private changed(before: TuneView, now: TuneView): (keyof TuneView)[] {
    const fields = (Object.keys(now) as (keyof TuneView)[]).filter(
      (field) => JSON.stringify(before[field]) !== JSON.stringify(now[field])
    );
    const isDue = Date.now() - this.toldVolatileAt >= VOLATILE_MS;
    if (fields.every((field) => VOLATILE.has(field)) && !isDue) return [];
    if (fields.some((field) => VOLATILE.has(field))) this.toldVolatileAt = Date.now();
    return fields;
  }

  private send(make: (id: string) => TuneEvent): void {
    const event = this.ring?.add(make);
    if (event) for (const listener of this.listeners) listener.send(event);
  }
}
