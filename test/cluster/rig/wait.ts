import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 50;
/** Generous: it only ends what hangs, on machines of any speed. */
const WITHIN_MS = 120_000;

/** Thrown while looking, it ends the wait: what is waited for will never come. */
export class EndedError extends Error {}

/** For how long to look, and how often. */
export interface Patience {
  readonly withinMs?: number;
  readonly everyMs?: number;
}

type Seen<T> = T | false | null | undefined;

/**
 * Looks again and again until there is something to see. What `look` throws counts as nothing, except an EndedError.
 * @param what for the error message.
 * @throws Error after `withinMs`, with the last error as its cause.
 */
export async function until<T>(
  what: string,
  look: () => Promise<Seen<T>> | Seen<T>,
  { withinMs = WITHIN_MS, everyMs = LOOK_EVERY_MS }: Patience = {}
): Promise<T> {
  const deadline = Date.now() + withinMs;
  let cause: unknown;
  do {
    try {
      const seen = await look();
      if (seen) return seen;
      cause = undefined;
    } catch (error) {
      if (error instanceof EndedError) throw error;
      cause = error;
    }
    await sleep(everyMs);
  } while (Date.now() < deadline);
  const detail = cause instanceof Error ? ` (${cause.message})` : '';
  throw new Error(`waited ${withinMs / 1000} s in vain for: ${what}${detail}`, { cause });
}
