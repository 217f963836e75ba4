/** Brings the tables to what this version knows. */
import { Migrator, type Kysely, type Migration } from 'kysely';
import { up as createTunes } from './migrations/0001-tunes.js';
import { SCHEMA } from './schema.js';
import { HistoryUnavailableError } from './types.js';

/** In the order of their names; one that was ever released is never changed. */
const MIGRATIONS: Readonly<Record<string, Migration>> = { '0001-tunes': { up: createTunes } };

/**
 * Runs what is missing, each once however many processes begin at the same time.
 * @throws HistoryUnavailableError when a newer version has been here.
 */
export async function migrate(db: Kysely<unknown>, migrations = MIGRATIONS): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => ({ ...migrations }) },
    migrationTableSchema: SCHEMA,
    migrationTableName: 'migrations',
    migrationLockTableName: 'migrations_lock',
  });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  if (error instanceof Error && error.message.startsWith('corrupted migrations'))
    throw new HistoryUnavailableError('the history was written by a newer version of autotuner, or another program');
  throw error;
}
