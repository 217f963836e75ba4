/** The same cases on every database that the history knows. */
import { afterAll, beforeAll, describe } from '@jest/globals';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { History } from '../../../src/history/types.js';
import { openHistory } from '../../../src/history/index.js';
import { findPostgres, PostgresServer } from './postgres.js';

/** Where one history is: what opens it again, also in another process. */
export interface Place {
  readonly folder: string;
  readonly url?: string;
}

export interface Databases {
  /** A new, empty history. */
  place(): Promise<Place>;
  /** It is closed at the end of the file. */
  open(place: Place, say?: (line: string) => void): History;
  /** Of PostgreSQL. */
  readonly server: PostgresServer;
}

/** With `npm test -- --no-skip` a missing PostgreSQL is a failure, which the start of the server tells. */
const mustRun = process.env['AUTOTUNER_TEST_NO_SKIP'] === '1';
export const describePostgres = findPostgres() || mustRun ? describe : describe.skip;

export type Kind = 'PGlite' | 'PostgreSQL';

/** Runs the body for each database. */
export function describeDatabases(what: string, body: (databases: Databases, kind: Kind) => void): void {
  describe(`${what}, in PGlite`, () => body(useDatabases('PGlite'), 'PGlite'));
  describePostgres(`${what}, in PostgreSQL`, () => body(useDatabases('PostgreSQL'), 'PostgreSQL'));
}

/** Making one takes seconds; copies of it do not. */
async function makeEmpty(folder: string): Promise<void> {
  const history = openHistory({ folder });
  await history.list();
  await history.close();
}

export function useDatabases(kind: Kind): Databases {
  let dir = '';
  let server: PostgresServer | null = null;
  let places = 0;
  const opened: History[] = [];
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'history-'));
    if (kind === 'PostgreSQL') server = await PostgresServer.start();
    else await makeEmpty(join(dir, 'empty'));
  });
  afterAll(async () => {
    for (const history of opened) await history.close();
    await server?.stop();
    await rm(dir, { recursive: true, force: true });
  });
  return {
    async place() {
      const folder = join(dir, `history-${++places}`);
      if (server) return { folder, url: await server.database() };
      await cp(join(dir, 'empty'), folder, { recursive: true });
      return { folder };
    },
    open(place, say) {
      const history = openHistory({ ...place, say });
      opened.push(history);
      return history;
    },
    get server() {
      if (!server) throw new Error('this is PGlite');
      return server;
    },
  };
}
