import type { Leak } from '../../domain/tuning/experiment.js';

/** A report travels in the workflow history. */
const MOST = 50;
const MOST_CHARACTERS = 500;

/** Collects what goes wrong with one item, so that the next one has its turn. */
export class Problems {
  private readonly found: string[] = [];
  private more = 0;

  add(problem: string): void {
    if (this.found.length < MOST) this.found.push(problem.slice(0, MOST_CHARACTERS));
    else this.more++;
  }

  /** Null when it fails. @param what as in `cannot list WHAT`. */
  async collect<T>(what: string, work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      this.add(`cannot list ${what}: ${messageOf(error)}`);
      return null;
    }
  }

  /** @param what as in `cannot WHAT`. @returns whether it worked. */
  async attempt(what: string, work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.add(`cannot ${what}: ${messageOf(error)}`);
      return false;
    }
  }

  /** @returns whether it worked and left nothing. */
  takeDown(what: string, work: () => Promise<readonly Leak[]>): Promise<boolean> {
    let left: readonly Leak[] = [];
    const attempted = this.attempt(`take down ${what}`, async () => (left = await work()));
    return attempted.then((worked) => {
      for (const { kind, name, reason, command } of left)
        this.add(`${kind} ${name} is still there: ${reason}; look at it: ${command}`);
      return worked && left.length === 0;
    });
  }

  list(): string[] {
    return this.more > 0 ? [...this.found, `and ${this.more} more problems`] : [...this.found];
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
