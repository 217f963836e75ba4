/**
 * Milliseconds since this machine was started. The same clock for all its processes, and nobody can set it: for time limits that
 * one worker begins and the next one ends.
 */
export function uptimeMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}
