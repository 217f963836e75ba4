/** The history in a PostgreSQL server. */
import { Kysely, PostgresDialect } from 'kysely';
import type { Pool } from 'pg';
import { migrate } from '../migrate.js';
import type { HistorySchema } from '../schema.js';
import { isTold, unavailable, type Database } from './database.js';

/** A worker and the API together ask little, and other programs want connections too. */
const MOST_CONNECTIONS = 4;
/** A server that does not answer within it is away. */
const CONNECT_MS = 3000;
const STATEMENT_MS = 20_000;
const IDLE_MS = 30_000;

export class PostgresDatabase implements Database {
  readonly kind = 'postgres';
  private opened: Promise<Kysely<HistorySchema>> | null = null;

  /** Connects to nothing yet. @param url it is never told to anybody. */
  constructor(private readonly url: string) {}

  async use<T>(work: (db: Kysely<HistorySchema>) => Promise<T>): Promise<T> {
    // What did not work is tried anew the next time.
    this.opened ??= this.open().catch((error: unknown) => {
      this.opened = null;
      throw unavailable(error, "the history's PostgreSQL cannot be used");
    });
    const db = await this.opened;
    try {
      return await work(db);
    } catch (error) {
      if (isTold(error) || !isTrouble(error)) throw error;
      throw unavailable(error, "the history's PostgreSQL does not answer");
    }
  }

  async close(): Promise<void> {
    const opened = this.opened;
    this.opened = null;
    await (await opened?.catch(() => null))?.destroy();
  }

  private async open(): Promise<Kysely<HistorySchema>> {
    const { default: pg } = await import('pg');
    const pool: Pool = new pg.Pool({
      connectionString: this.url,
      application_name: 'autotuner',
      max: MOST_CONNECTIONS,
      connectionTimeoutMillis: CONNECT_MS,
      idleTimeoutMillis: IDLE_MS,
      statement_timeout: STATEMENT_MS,
      // The client's own limit, for a server that is gone without a word.
      query_timeout: STATEMENT_MS + CONNECT_MS,
      allowExitOnIdle: true,
    });
    // A connection that breaks is replaced, and who used it is told by the query. Without a listener it would end the process: the pool
    // has one for those that nobody uses, and each connection needs one for the moments between two queries.
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
    const db = new Kysely<HistorySchema>({ dialect: new PostgresDialect({ pool }) });
    try {
      await migrate(db as Kysely<unknown>);
      return db;
    } catch (error) {
      await db.destroy();
      throw error;
    }
  }
}

/** Trouble with the server, as opposed to a wrong question: the connection, its limits, its shutdown, its disk, a read-only standby. */
function isTrouble(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return (
    /^(?:08|25006|28|3D|40|53|57|58|XX|E[A-Z])/.test(code) || /terminated|timeout|closed the connection/i.test(message)
  );
}
