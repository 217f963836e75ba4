import { once } from 'node:events';

/** What ends a command that stays: Ctrl-C, a service manager, a closed terminal. */
export const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Resolves at the first of them; from the call on, they no longer end the process by themselves. */
export async function untilSignalled(): Promise<void> {
  await Promise.race(ENDING_SIGNALS.map((signal) => once(process, signal)));
}
