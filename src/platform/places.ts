import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';

const claimSchema = z.object({
  workflowId: z.string(),
  runId: z.string(),
  claimedAtMs: z.number(),
  /** Which of the places, from 0. */
  place: z.int().nonnegative().optional(),
});

/** A place that is taken, and by which experiment. */
export interface Claim {
  readonly name: string;
  /** Null when the file cannot be read: nobody can then say whose it is. */
  readonly holder: z.output<typeof claimSchema> | null;
}

/**
 * The places of one host: how many engines may be under measurement at once. A place is held by a file named after
 * the experiment's attempt, so that it stays taken while the worker is being restarted. Places have numbers, since each has its own
 * share of the devices.
 */
export class Places {
  private readonly held = new Map<string, number>();
  private waiting: (() => void)[] = [];
  /** Slots handed to Temporal's poller for which no experiment has come yet. */
  private reserved = 0;

  private constructor(
    private readonly dir: string,
    readonly capacity: number,
    private readonly isUsable: (place: number) => boolean
  ) {}

  /** @param isUsable whether a place may be offered now; `changed` is to be called when the answer is another one. */
  static async open(dir: string, capacity: number, isUsable: (place: number) => boolean = () => true): Promise<Places> {
    await mkdir(dir, { recursive: true });
    const places = new Places(dir, capacity, isUsable);
    // Names are DNS labels; anything else is a half-written file of a worker that was killed.
    const names = (await readdir(dir)).filter((name) => /^[a-z0-9-]+$/.test(name));
    for (const name of names) {
      const place = (await places.holder(name))?.place;
      places.held.set(name, place ?? places.vacant()[0] ?? places.held.size);
    }
    return places;
  }

  get free(): number {
    return this.vacant().filter(this.isUsable).length - this.reserved;
  }

  /** The number of the place that an experiment's attempt holds. */
  placeOf(name: string): number | undefined {
    return this.held.get(name);
  }

  /** Another number of places may be usable now. */
  changed(): void {
    this.wake();
  }

  /** Waits for a free place and reserves it for the next task of the places queue. */
  async reserve(signal: AbortSignal): Promise<void> {
    while (this.free <= 0) {
      signal.throwIfAborted();
      let wake = (): void => undefined;
      const woken = new Promise<void>((resolve) => (wake = resolve));
      this.waiting.push(wake);
      signal.addEventListener('abort', wake, { once: true });
      await woken;
      signal.removeEventListener('abort', wake);
    }
    signal.throwIfAborted();
    this.reserved++;
  }

  tryReserve(): boolean {
    if (this.free <= 0) return false;
    this.reserved++;
    return true;
  }

  /** Gives a reservation back; the place itself stays taken if it was claimed meanwhile. */
  unreserve(): void {
    this.reserved--;
    this.wake();
  }

  /** Idempotent. */
  async claim(name: string, owner: { readonly workflowId: string; readonly runId: string }): Promise<void> {
    const vacant = this.vacant();
    const place = this.held.get(name) ?? vacant.find(this.isUsable) ?? vacant[0] ?? this.held.size;
    this.held.set(name, place);
    const { workflowId, runId } = owner;
    await writeFileAtomic(join(this.dir, name), JSON.stringify({ workflowId, runId, claimedAtMs: Date.now(), place }));
  }

  /** Idempotent. */
  async release(name: string): Promise<void> {
    await rm(join(this.dir, name), { force: true });
    this.held.delete(name);
    this.wake();
  }

  async claims(): Promise<Claim[]> {
    return Promise.all([...this.held.keys()].map(async (name) => ({ name, holder: await this.holder(name) })));
  }

  private async holder(name: string): Promise<Claim['holder']> {
    return parseClaim(await readFile(join(this.dir, name), 'utf8').catch(() => ''));
  }

  private vacant(): number[] {
    const held = new Set(this.held.values());
    return Array.from({ length: this.capacity }, (_, place) => place).filter((place) => !held.has(place));
  }

  private wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}

function parseClaim(text: string): Claim['holder'] {
  try {
    return claimSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
