import type { Kysely } from 'kysely';
import type { HistorySchema } from '../schema.js';
import { HistoryRequestError, HistoryUnavailableError } from '../types.js';

/** A database with the tables of the history, opened when it is first needed. */
export interface Database {
  readonly kind: 'pglite' | 'postgres';
  /** @throws HistoryUnavailableError when it cannot be reached or opened. */
  use<T>(work: (db: Kysely<HistorySchema>) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** @param why what to tell: errors of databases and of sockets, of which some have no message. */
export function unavailable(error: unknown, why: string): HistoryUnavailableError {
  if (error instanceof HistoryUnavailableError) return error;
  return new HistoryUnavailableError(`${why}: ${describeError(error)}`, { cause: error });
}

/** Whether the error is ours and says already what it means. */
export function isTold(error: unknown): boolean {
  return error instanceof HistoryUnavailableError || error instanceof HistoryRequestError;
}

function describeError(error: unknown): string {
  // A host of several addresses: one error for each.
  if (error instanceof AggregateError) return error.errors.map(describeError).join('; ');
  const { message, code } = error as { message?: string; code?: string };
  return (message || code || String(error)).split('\n')[0] ?? '';
}
