import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';

const claimSchema = z.object({ workflowId: z.string(), runId: z.string(), claimedAtMs: z.number() });

/** A place that is taken, and by which experiment. */
export interface Claim {
  readonly name: string;
  /** Null when the file cannot be read: nobody can then say whose it is. */
  readonly holder: z.output<typeof claimSchema> | null;
}

/**
 * The places of one host: how many engines may be under measurement at once, one per device. A place is held by a file named after
 * the experiment's attempt, so that it stays taken while the worker is being restarted.
 */
export class Places {
  private readonly held = new Set<string>();
  private waiting: (() => void)[] = [];
  /** Slots handed to Temporal's poller for which no experiment has come yet. */
  private reserved = 0;

  private constructor(
    private readonly dir: string,
    readonly capacity: number
  ) {}

  static async open(dir: string, capacity: number): Promise<Places> {
    await mkdir(dir, { recursive: true });
    const places = new Places(dir, capacity);
    // Names are DNS labels; anything else is a half-written file of a worker that was killed.
    for (const name of await readdir(dir)) if (/^[a-z0-9-]+$/.test(name)) places.held.add(name);
    return places;
  }

  get free(): number {
    return this.capacity - this.held.size - this.reserved;
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
    this.held.add(name);
    const { workflowId, runId } = owner;
    await writeFileAtomic(join(this.dir, name), JSON.stringify({ workflowId, runId, claimedAtMs: Date.now() }));
  }

  /** Idempotent. */
  async release(name: string): Promise<void> {
    await rm(join(this.dir, name), { force: true });
    this.held.delete(name);
    this.wake();
  }

  async claims(): Promise<Claim[]> {
    return Promise.all(
      [...this.held].map(async (name) => {
        const text = await readFile(join(this.dir, name), 'utf8').catch(() => '');
        return { name, holder: parseClaim(text) };
      })
    );
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
