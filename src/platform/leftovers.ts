import { rm } from 'node:fs/promises';

/** A file or folder of the state folder that bears a name of ours, and does not say whose it is. */
export interface Leftover {
  readonly path: string;
  /** Milliseconds since the epoch. */
  readonly changedAtMs: number;
  /** Live processes that carry its mark: while there are any, it is not left over. */
  readonly pids: readonly number[];
}

/** Nothing to do is a success. */
export function removeLeftover({ path }: Leftover): Promise<void> {
  return rm(path, { recursive: true, force: true });
}
