/**
 * The time that a tune has used. A pause stops the clock as soon as nothing runs any more: whoever pauses takes the machine away, and
 * the tune could do nothing with that time.
 */
export interface Clock {
  readonly pausedMs: number;
  /** While it is paused and nothing runs: since when, in milliseconds since the epoch. */
  readonly idleSinceMs?: number | undefined;
}

/** Seconds since the start without what was paused. @param nowMs the workflow's time, or that of whoever looks. */
export function elapsedSeconds({ pausedMs, idleSinceMs }: Clock, startedAtMs: number, nowMs: number): number {
  const idle = idleSinceMs === undefined ? 0 : Math.max(0, nowMs - idleSinceMs);
  return Math.max(0, nowMs - startedAtMs - pausedMs - idle) / 1000;
}

/** @param isIdle whether it is paused and nothing runs. @param atMs absent where nobody counts, as in the results file. */
export function tick<T extends Clock>(clock: T, isIdle: boolean, atMs: number | undefined): T {
  if (atMs === undefined || isIdle === (clock.idleSinceMs !== undefined)) return clock;
  if (isIdle) return { ...clock, idleSinceMs: atMs };
  const { idleSinceMs = atMs, ...rest } = clock;
  return { ...rest, pausedMs: clock.pausedMs + Math.max(0, atMs - idleSinceMs) } as T;
}
