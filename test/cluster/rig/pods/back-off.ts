/** Pauses between attempts. A kubelet begins with 10 s; tests have no time for that. */
import { setTimeout as sleep } from 'node:timers/promises';

export const FIRST_BACK_OFF_MS = 1000;
const LONGEST_BACK_OFF_MS = 30_000;

export function longer(backOffMs: number): number {
  return Math.min(backOffMs * 2, LONGEST_BACK_OFF_MS);
}

/** Waits, or not when the signal comes. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => undefined);
}
