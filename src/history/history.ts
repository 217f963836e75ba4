/** The history itself: whatever happens to its database, a tune that was recorded is in it or on its way. */
import { sql, type Kysely } from 'kysely';
import type { ResultsFile } from '../domain/results/tune-result.js';
import { compareRuns } from './compare.js';
import type { Database } from './database/database.js';
import { checkDocument, decodeDocument, encodeDocument } from './document.js';
import { entryOf } from './entry.js';
import type { Inbox } from './inbox.js';
import { noiseOfHosts } from './noise.js';
import type { HistorySchema } from './schema.js';
import { trendOf } from './trend.js';
import { listTunes, noiseRows, putTune, readTune, storedNames, tunesOfTask } from './tune-table.js';
import {
  HistoryRequestError,
  type Comparison,
  type History,
  type HistoryEntry,
  type HistoryPage,
  type HistoryQuery,
  type HistoryStatus,
  type HostNoise,
  type TrendPoint,
} from './types.js';

type Db = Kysely<HistorySchema>;

/** A tune does not wait longer for a server before it goes into a file. */
const RECORD_MS = 5000;
/** How often a file that waits for a server is tried again. */
const RETRY_MS = 15_000;
const MOST_COMPARED = 10;

export interface HistoryParts {
  readonly database: Database;
  readonly inbox: Inbox;
  readonly say: (line: string) => void;
}

export class StoredHistory implements History {
  private problem: string | null = null;
  private retry: NodeJS.Timeout | undefined;
  private taking: Promise<void> = Promise.resolve();
  private isClosed = false;

  constructor(private readonly parts: HistoryParts) {
    // What an earlier process could not deliver.
    if (this.waits) void this.deliverLater(0);
  }

  /** A server is written to at once, and everything else waits in files until somebody asks. */
  private get waits(): boolean {
    return this.parts.database.kind === 'postgres';
  }

  async record(results: ResultsFile): Promise<void> {
    // One that could never be taken is refused here, and not later in silence.
    const { entry } = entryOf(results);
    const document = await encodeDocument(results);
    if (this.waits && (await this.wasPut(results, document))) return;
    await this.parts.inbox.leave(entry, document);
    if (this.waits) void this.deliverLater(RETRY_MS);
  }

  list(query: HistoryQuery = {}): Promise<HistoryPage> {
    return this.ask((db) => listTunes(db, query));
  }

  async get(runId: string): Promise<ResultsFile | null> {
    const tune = await this.ask((db) => readTune(db, runId));
    return tune && decodeDocument(tune.document);
  }

  async compare(runIds: readonly string[]): Promise<Comparison> {
    if (runIds.length < 2 || runIds.length > MOST_COMPARED || new Set(runIds).size < runIds.length) {
      throw new HistoryRequestError(`2 to ${MOST_COMPARED} different tunes can be compared`);
    }
    const runs = await this.ask(async (db) => {
      const found = [];
      for (const runId of runIds) {
        const tune = await readTune(db, runId);
        if (!tune) throw new HistoryRequestError(`the history has no tune with the run id '${runId.slice(0, 100)}'`);
        const { entry, scoringKey, document } = tune;
        found.push({ entry, scoringKey, results: await decodeDocument(document) });
      }
      return found;
    });
    return compareRuns(runs);
  }

  async trend(taskName: string): Promise<readonly TrendPoint[]> {
    return trendOf(await this.ask((db) => tunesOfTask(db, taskName)));
  }

  async noise(): Promise<readonly HostNoise[]> {
    return noiseOfHosts(await this.ask(noiseRows));
  }

  /** Without opening what is not open: of the embedded database it says how the last try went. */
  async status(): Promise<HistoryStatus> {
    const { database, inbox } = this.parts;
    if (this.waits) {
      await database
        .use((db) => sql`select 1`.execute(db))
        .then(
          () => (this.problem = null),
          (error: unknown) => (this.problem = messageOf(error))
        );
    }
    const waiting = (await inbox.waiting()).length;
    return { kind: database.kind, isOpen: this.problem === null, waiting, problem: this.problem };
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.retry);
    await this.taking;
    await this.parts.database.close();
  }

  private async ask<T>(work: (db: Db) => Promise<T>): Promise<T> {
    try {
      const answer = await this.parts.database.use(async (db) => {
        await this.takeIn(db);
        return work(db);
      });
      this.problem = null;
      return answer;
    } catch (error) {
      if (!(error instanceof HistoryRequestError)) this.problem = messageOf(error);
      throw error;
    }
  }

  private async wasPut(results: ResultsFile, document: Buffer): Promise<boolean> {
    const put = this.parts.database.use((db) => putTune(db, results, document));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${RECORD_MS / 1000} s`)), RECORD_MS);
    });
    try {
      await Promise.race([put, late]);
      return true;
    } catch (error) {
      // Should it be stored after all, it is stored twice, which is the same as once.
      put.catch(() => undefined);
      this.tell(`a tune waits in a file for the history's database: ${messageOf(error)}`);
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  /** One at a time. Takes in what waits; what is no results file is put aside. */
  private takeIn(db: Db): Promise<void> {
    const taken = this.taking.then(async () => {
      const { inbox, database } = this.parts;
      await inbox.sweep();
      for (const name of await inbox.waiting()) {
        const document = await inbox.read(name).catch(() => null);
        // Another process was quicker, or its owner must look at it: it stays.
        if (!document) continue;
        const results = await checkDocument(document).catch(() => null);
        const entry = results && entryIn(results);
        if (results && entry) {
          const isThere = await putTune(db, results, document);
          await inbox.taken(name, isThere && database.kind === 'pglite' ? entry.runId : null);
        } else {
          await inbox.refuse(name);
          this.tell(`${name} in the inbox of the history is no results file of this version, and was put aside`);
        }
      }
    });
    // A failure is for who asked; the next one tries again.
    this.taking = taken.catch(() => undefined);
    return taken;
  }

  /** Tries again until nothing waits. */
  private async deliverLater(afterMs: number): Promise<void> {
    if (this.isClosed || this.retry) return;
    this.retry = setTimeout(() => {
      this.retry = undefined;
      void this.deliver();
    }, afterMs);
    this.retry.unref();
  }

  private async deliver(): Promise<void> {
    const { database, inbox } = this.parts;
    if ((await inbox.waiting().catch(() => [])).length === 0) return;
    try {
      await database.use((db) => this.takeIn(db));
      this.problem = null;
    } catch (error) {
      this.tell(`tunes wait for the history's database: ${messageOf(error)}`);
      void this.deliverLater(RETRY_MS);
    }
  }

  /** Once for each thing that is wrong. */
  private tell(problem: string): void {
    if (this.problem !== problem) this.parts.say(problem);
    this.problem = problem;
  }
}

/** Gives a database that was made again, or has forgotten its last writes, what was kept of them. */
export async function takeBack(db: Db, inbox: Inbox, say: (line: string) => void): Promise<void> {
  const lost = await inbox.lost(await storedNames(db));
  let count = 0;
  for (const { read } of lost) {
    const document = await read().catch(() => null);
    const results = document && (await checkDocument(document).catch(() => null));
    if (!results) continue;
    await putTune(db, results, document);
    count++;
  }
  if (count > 0) say(`${count} tunes were taken into the history's database again`);
}

/** Null for what the schema of the file allows, and no tune has. */
function entryIn(results: ResultsFile): HistoryEntry | null {
  try {
    return entryOf(results).entry;
  } catch {
    return null;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
