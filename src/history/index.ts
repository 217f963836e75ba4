import { isAbsolute, resolve } from 'node:path';
import type { Database } from './database/database.js';
import { PgliteDatabase } from './database/pglite.js';
import { PostgresDatabase } from './database/postgres.js';
import { StoredHistory, takeBack } from './history.js';
import { Inbox } from './inbox.js';
import type { History, HistoryOptions } from './types.js';

export * from './types.js';
export { importInto } from './import.js';

/**
 * The history of finished tunes. Opens nothing yet: the database is opened when somebody asks. With the embedded one recording only
 * leaves a file, so that a worker needs no database, and any number of processes can record; one at a time can ask.
 */
export function openHistory({ url, folder, say = () => undefined }: HistoryOptions): History {
  const home = isAbsolute(folder) ? folder : resolve(folder);
  const inbox = new Inbox(home);
  const database: Database =
    url === undefined
      ? new PgliteDatabase({ folder: home, say, onOpen: (db) => takeBack(db, inbox, say) })
      : new PostgresDatabase(url);
  return new StoredHistory({ database, inbox, say });
}
