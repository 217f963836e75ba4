import type { EarlierRun } from '../../domain/reuse/recall.js';

/** A stored tune that has not been read yet. */
export interface StoredRun {
  readonly taskName: string;
  readonly runId: string;
  /** When it was stored last: milliseconds since the epoch. */
  readonly storedAtMs: number;
  /** The task alone; whatever a file holds. @throws Error that says why it cannot be read. */
  readTask(): Promise<unknown>;
  /** @throws Error that says why it cannot be read. */
  read(): Promise<EarlierRun>;
}

/** Port: where earlier tunes are found. A folder of outcomes, a folder of results files, or any history. */
export interface EarlierRuns {
  /** Every tune that is there, in any order; what is none is left out. */
  list(): Promise<readonly StoredRun[]>;
}
