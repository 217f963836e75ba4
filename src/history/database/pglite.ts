/** The history in a folder of this machine: PGlite, PostgreSQL inside this process. */
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PGlite } from '@electric-sql/pglite';
import { Kysely, PostgresDialect } from 'kysely';
import { tryLock, type Lock } from '../../platform/host-lock.js';
import { migrate } from '../migrate.js';
import type { HistorySchema } from '../schema.js';
import { HistoryUnavailableError } from '../types.js';
import { unavailable, type Database } from './database.js';

interface Opened {
  readonly db: Kysely<HistorySchema>;
  readonly pglite: PGlite;
  readonly lock: Lock;
}

export interface PgliteOptions {
  /** Of the history; the database is in `pglite` below it. */
  readonly folder: string;
  /** Called each time that it was opened, before anything else is asked. */
  readonly onOpen: (db: Kysely<HistorySchema>) => Promise<void>;
  readonly say: (line: string) => void;
  /** It needs some hundred megabytes while it is open, and nobody else can open it: closed when nobody asks for so long (60 s). */
  readonly idleMs?: number;
  /** How long to wait for another process that has it open (5 s). */
  readonly waitMs?: number;
}

export class PgliteDatabase implements Database {
  readonly kind = 'pglite';
  private opened: Promise<Opened> | null = null;
  private closing: Promise<void> = Promise.resolve();
  private users = 0;
  private idle: NodeJS.Timeout | undefined;
  private readonly dir: string;

  constructor(private readonly options: PgliteOptions) {
    this.dir = join(options.folder, 'pglite');
  }

  async use<T>(work: (db: Kysely<HistorySchema>) => Promise<T>): Promise<T> {
    clearTimeout(this.idle);
    this.users++;
    try {
      this.opened ??= this.closing
        .then(() => this.open())
        .catch((error: unknown) => {
          this.opened = null;
          throw unavailable(error, 'the history cannot be opened');
        });
      return await work((await this.opened).db);
    } finally {
      if (--this.users === 0) {
        this.idle = setTimeout(() => void this.close(), this.options.idleMs ?? 60_000);
        this.idle.unref();
      }
    }
  }

  close(): Promise<void> {
    clearTimeout(this.idle);
    const opened = this.opened;
    this.opened = null;
    if (opened) this.closing = this.closing.then(async () => shut(await opened.catch(() => null)));
    return this.closing;
  }

  private async open(): Promise<Opened> {
    const { folder, onOpen } = this.options;
    const lock = await this.lock();
    let opened: Opened | null = null;
    try {
      await mkdir(folder, { recursive: true });
      const pglite = await this.openFolder();
      opened = { db: await kyselyOver(pglite), pglite, lock };
      await migrate(opened.db as Kysely<unknown>);
      await onOpen(opened.db);
      return opened;
    } catch (error) {
      await (opened ? shut(opened) : lock.release());
      throw error;
    }
  }

  private async lock(): Promise<Lock> {
    const deadline = Date.now() + (this.options.waitMs ?? 5000);
    for (;;) {
      const lock = await tryLock(this.options.folder, 'history');
      if (lock) return lock;
      if (Date.now() >= deadline) {
        throw new HistoryUnavailableError(
          `another process has the history in ${this.options.folder} open, such as 'autotuner serve' or 'autotuner dev': ask its API, or try again in a minute`
        );
      }
      await sleep(100);
    }
  }

  /** One that cannot be opened is put aside: everything in it is in files as well. */
  private async openFolder(): Promise<PGlite> {
    const { PGlite } = await import('@electric-sql/pglite');
    if (existsSync(this.dir)) {
      try {
        return await PGlite.create(this.dir);
      } catch (error) {
        const aside = `${this.dir}.broken`;
        await rm(aside, { recursive: true, force: true });
        await rename(this.dir, aside);
        this.options.say(
          `the history's database could not be opened (${String(error)}): it is made again, and the old one is in ${aside}`
        );
      }
    }
    // Made under another name: a process that is killed meanwhile leaves nothing that looks like a database.
    const unfinished = `${this.dir}.new`;
    await rm(unfinished, { recursive: true, force: true });
    await (await PGlite.create(unfinished)).close();
    await rename(unfinished, this.dir);
    return PGlite.create(this.dir);
  }
}

/** The same driver as for a server, so that both give the same. */
async function kyselyOver(pglite: PGlite): Promise<Kysely<HistorySchema>> {
  const [{ createPgConfig }, { default: pg }] = await Promise.all([
    import('@electric-sql/pglite/node-postgres'),
    import('pg'),
  ]);
  // One connection, which stays: there is one process behind it, and its state.
  const pool = new pg.Pool({ ...createPgConfig(pglite), max: 1, idleTimeoutMillis: 0 });
  return new Kysely<HistorySchema>({ dialect: new PostgresDialect({ pool }) });
}

async function shut(opened: Opened | null): Promise<void> {
  if (!opened) return;
  try {
    await opened.db.destroy();
    await opened.pglite.close();
  } finally {
    await opened.lock.release();
  }
}
