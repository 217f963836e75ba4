import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import type { Leftover } from './leftovers.js';

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
  /** Null when the file cannot be read: nobody can then say whose it is, unless it is being written. */
  readonly holder: z.output<typeof claimSchema> | null;
  /** When it was taken, or its file written: milliseconds since the epoch. */
  readonly sinceMs: number;
}

/** Names are DNS labels. */
const NAME = /^[a-z0-9-]+$/;
/** What is written first and then given its name. */
const HALF_WRITTEN = /^[a-z0-9-]+\.\d+$/;

/**
 * The places of one host: how many engines may be under measurement at once. A place is held by a file named after
 * the experiment's attempt, so that it stays taken while the worker is being restarted. Places have numbers, since each has its own
 * share of the devices.
 */
export class Places {
  private readonly held = new Map<string, { readonly place: number; readonly sinceMs: number }>();
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
    for (const { name, changedAtMs } of await filesIn(dir, NAME)) {
      const place = (await places.holder(name))?.place ?? places.vacant()[0] ?? places.held.size;
      places.held.set(name, { place, sinceMs: changedAtMs });
    }
    return places;
  }

  get free(): number {
    return this.vacant().filter(this.isUsable).length - this.reserved;
  }

  /** The number of the place that an experiment's attempt holds. */
  placeOf(name: string): number | undefined {
    return this.held.get(name)?.place;
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
    const known = this.held.get(name);
    const vacant = this.vacant();
    const place = known?.place ?? vacant.find(this.isUsable) ?? vacant[0] ?? this.held.size;
    const claimedAtMs = Date.now();
    this.held.set(name, { place, sinceMs: claimedAtMs });
    const { workflowId, runId } = owner;
    try {
      await writeFileAtomic(join(this.dir, name), JSON.stringify({ workflowId, runId, claimedAtMs, place }));
    } catch (error) {
      // Whoever asks again may get it elsewhere: this one would stay taken by nobody.
      if (!known) this.held.delete(name);
      this.wake();
      throw error;
    }
  }

  /** Idempotent. */
  async release(name: string): Promise<void> {
    await rm(join(this.dir, name), { force: true });
    // A worker that was killed while it claimed has left a half-written file.
    const halfWritten = (await readdir(this.dir)).filter(
      (file) => HALF_WRITTEN.test(file) && file.startsWith(`${name}.`)
    );
    for (const file of halfWritten) await rm(join(this.dir, file), { force: true });
    this.held.delete(name);
    this.wake();
  }

  async claims(): Promise<Claim[]> {
    return Promise.all(
      [...this.held].map(async ([name, { sinceMs }]) => ({ name, holder: await this.holder(name), sinceMs }))
    );
  }

  private async holder(name: string): Promise<Claim['holder']> {
    return parseClaim(await readFile(join(this.dir, name), 'utf8').catch(() => ''));
  }

  private vacant(): number[] {
    const taken = new Set([...this.held.values()].map(({ place }) => place));
    return Array.from({ length: this.capacity }, (_, place) => place).filter((place) => !taken.has(place));
  }

  /** Half-written files: of a worker that was killed, unless they are young. */
  async leftovers(): Promise<Leftover[]> {
    const files = await filesIn(this.dir, HALF_WRITTEN);
    return files.map(({ name, changedAtMs }) => ({ path: join(this.dir, name), changedAtMs, pids: [] }));
  }

  private wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** Folders and links are none of ours. */
async function filesIn(dir: string, pattern: RegExp): Promise<{ name: string; changedAtMs: number }[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile() && pattern.test(entry.name)).map((entry) => entry.name);
  const files = await Promise.all(
    names.map(async (name) => {
      const info = await stat(join(dir, name)).catch(() => null);
      return info && { name, changedAtMs: info.mtimeMs };
    })
  );
  return files.filter((file) => file !== null);
}

function parseClaim(text: string): Claim['holder'] {
  try {
    return claimSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
