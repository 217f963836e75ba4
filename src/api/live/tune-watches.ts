import type { TuneEvent } from '../../contracts/http/events.js';
import type { TuneReader } from '../tune-reader.js';
import { workflowIdOf } from '../views/tune-summary.js';
import type { Listener } from './stream.js';
import { TuneWatch, type Look, type TuneEye } from './tune-watch.js';
import { ExperimentAlarms } from './wake.js';

/** The watches of all tunes that somebody looks at: one a tune, however many look. */
export class TuneWatches {
  private readonly watches = new Map<string, TuneWatch>();

  constructor(private readonly reader: TuneReader) {}

  /** @throws TuneNotFoundError. */
  listen(id: string, listener: Listener<TuneEvent>, after: string | null): Promise<() => void> {
    const workflowId = workflowIdOf(id);
    let watch = this.watches.get(workflowId);
    if (!watch) {
      const made: TuneWatch = new TuneWatch(new Eye(this.reader, workflowId), () => {
        if (this.watches.get(workflowId) === made) this.watches.delete(workflowId);
      });
      watch = made;
      this.watches.set(workflowId, watch);
    }
    return watch.listen(listener, after);
  }

  /** How many listen. */
  get size(): number {
    return [...this.watches.values()].reduce((sum, watch) => sum + watch.size, 0);
  }

  close(): void {
    for (const watch of this.watches.values()) watch.close();
  }
}

/** Looks at a tune by its workflow id: whatever run is the latest. */
class Eye implements TuneEye {
  private attended: { readonly runId: string; readonly stop: () => void } | null = null;
  private alarms: ExperimentAlarms | null = null;
  private isClosed = false;

  constructor(
    private readonly reader: TuneReader,
    private readonly workflowId: string
  ) {}

  async look(): Promise<Look> {
    const tune = await this.reader.find(this.workflowId);
    const reading = await this.reader.look(tune);
    return { view: await this.reader.view(tune, reading), rows: reading.digest?.rows ?? new Map() };
  }

  async attend({ view: { info, running } }: Look, wake: () => void): Promise<void> {
    const { runId, workflowId, closedAt } = info;
    if (this.attended && (this.attended.runId !== runId || closedAt !== null)) this.release();
    if (closedAt !== null || this.isClosed) return;
    if (!this.attended) {
      const stop = await this.reader.book.watch(workflowId, runId, wake);
      this.attended = { runId, stop };
    }
    this.alarms ??= new ExperimentAlarms(this.reader.client, workflowId, wake);
    this.alarms.follow(running.map(({ experimentId }) => experimentId));
  }

  close(): void {
    this.isClosed = true;
    this.release();
  }

  private release(): void {
    this.attended?.stop();
    this.attended = null;
    this.alarms?.close();
    this.alarms = null;
  }
}
