import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

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
    for (const name of await readdir(dir)) places.held.add(name);
    return places;
  }

  get free(): number {
    return this.capacity - this.held.size - this.reserved;
  }

  /** Waits for a free place and reserves it for the next task of the places queue. */
  async reserve(signal: AbortSignal): Promise<void> {
    while (this.free <= 0) {
      signal.throwIfAborted();
      await new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
        this.waiting.push(resolve);
      });
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

  async claim(name: string): Promise<void> {
    this.held.add(name);
    await writeFile(join(this.dir, name), '');
  }

  /** Idempotent. */
  async release(name: string): Promise<void> {
    await rm(join(this.dir, name), { force: true });
    this.held.delete(name);
    this.wake();
  }

  names(): string[] {
    return [...this.held];
  }

  private wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }
}
