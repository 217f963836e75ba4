/** The latest events of a stream, so that whoever comes back gets what it has missed. */

interface Numbered {
  readonly id: string;
}

/** Events that are not kept longer than this many others came after them. */
const CAPACITY = 2000;

/**
 * Numbers go on from the clock's milliseconds: those of a server that was started again are above all that the one before has given, so
 * that an id of then is known to be too old.
 */
export class Ring<T extends Numbered> {
  private readonly events: { readonly n: number; readonly event: T }[] = [];
  private last: number;

  /** @param stream what ids begin with: the run that the events are of. */
  constructor(
    readonly stream: string,
    nowMs = Date.now()
  ) {
    this.last = nowMs;
  }

  /** @param make the event with the id that it gets. */
  add(make: (id: string) => T): T {
    const event = make(this.idOf(++this.last));
    this.events.push({ n: this.last, event });
    if (this.events.length > CAPACITY) this.events.shift();
    return event;
  }

  /** The id of the latest event, or of what there was before the first. */
  get latestId(): string {
    return this.idOf(this.last);
  }

  /** What came after an event; null where that is not known: another stream, or too long ago. */
  after(id: string): readonly T[] | null {
    const [, stream, digits] = /^(.*):(\d{1,16})$/.exec(id) ?? [];
    if (stream !== this.stream || digits === undefined) return null;
    const n = Number(digits);
    const first = this.last - this.events.length;
    if (n < first || n > this.last) return null;
    return this.events.filter((item) => item.n > n).map(({ event }) => event);
  }

  private idOf(n: number): string {
    return `${this.stream}:${n}`;
  }
}
