/** What ends a command that stays: Ctrl-C, a service manager, a closed terminal. */
export const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Resolves at the first of them; from the call on, they no longer end the process by themselves.
 *
 * The listeners stay for good. A library that removes its temporary files on exit (write-file-atomic, by signal-exit) ends the process
 * when it is the only one left that listens to a signal: with a listener that is gone after its first call, a worker that was told to stop
 * while it wrote a file died on the spot.
 */
export function untilSignalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ENDING_SIGNALS) process.on(signal, () => resolve());
  });
}
