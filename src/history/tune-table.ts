/** What is asked of the table of tunes. */
import { sql, type Kysely, type SelectQueryBuilder } from 'kysely';
import { z } from 'zod';
import { entryOf, type StoredEntry } from './entry.js';
import { nameOf } from './inbox.js';
import { SCHEMA, type HistorySchema } from './schema.js';
import {
  HistoryRequestError,
  type HistoryEntry,
  type HistoryFilter,
  type HistoryPage,
  type HistoryQuery,
} from './types.js';
import type { ResultsFile } from '../domain/results/tune-result.js';

type Db = Kysely<HistorySchema>;
type Tunes<O> = SelectQueryBuilder<HistorySchema, 'tunes', O>;

const MOST_IN_A_PAGE = 200;
const MOST_IN_A_TREND = 500;
/** The newest tunes that say something about the noise. */
const MOST_NOISE = 5000;
const MOST_WORDS = 10;

/** A tune of a trend. */
export type TrendRow = Pick<StoredEntry, 'entry' | 'scoringKey' | 'noiseDegrees' | 'scoreMeasurements'>;

/** A tune that has measured how much one configuration differs from start to start, on one host. */
export interface NoiseRow {
  readonly host: string;
  readonly hardware: string | null;
  readonly model: string;
  readonly engine: string | null;
  readonly objectiveWords: string;
  readonly percent: number;
  readonly degrees: number;
  readonly isAa: boolean;
  readonly finishedAt: string;
}

/**
 * One statement, so that a tune is there as a whole or not at all. Of two with one run id the one that finished later stays, in whatever
 * order they come.
 * @returns whether it is this one that is there now.
 * @throws HistoryRequestError when the file cannot be stored.
 */
export async function putTune(db: Db, results: ResultsFile, document: Buffer): Promise<boolean> {
  const { entry, ...more } = entryOf(results);
  const { hosts } = entry;
  const row = {
    run_id: entry.runId,
    task_name: entry.taskName,
    model: entry.model,
    engine: entry.engine,
    engine_version: entry.engineVersion,
    hardware: entry.hardware,
    host: hosts.length === 1 ? (hosts[0] ?? null) : null,
    started_at: entry.startedAt,
    finished_at: entry.finishedAt,
    score: entry.score,
    score_measurements: more.scoreMeasurements,
    scoring_key: more.scoringKey,
    verdict: entry.verdict,
    gain_percent: entry.gain?.percent ?? null,
    noise_percent: entry.noisePercent,
    noise_degrees: more.noiseDegrees,
    is_aa: more.isAa,
    search_text: more.searchText,
    entry: JSON.stringify(entry),
    document,
  };
  const { run_id, ...rest } = row;
  const { numInsertedOrUpdatedRows: changed = 0n } = await tables(db)
    .insertInto('tunes')
    .values({ run_id, ...rest })
    .onConflict((conflict) =>
      conflict.column('run_id').doUpdateSet(rest).whereRef('excluded.finished_at', '>=', 'tunes.finished_at')
    )
    .executeTakeFirstOrThrow();
  return changed > 0n;
}

/** @throws HistoryRequestError for a cursor that is none. */
export async function listTunes(db: Db, { cursor, limit = 50, ...filter }: HistoryQuery): Promise<HistoryPage> {
  const size = Math.min(Math.max(1, Math.trunc(limit) || 1), MOST_IN_A_PAGE);
  let query = filtered(tables(db).selectFrom('tunes').select('entry'), filter)
    .orderBy('finished_at', 'desc')
    .orderBy('run_id', 'desc')
    // One more says whether there are more.
    .limit(size + 1);
  if (cursor !== undefined) {
    const [finishedAt, runId] = readCursor(cursor);
    query = query.where(sql<boolean>`(finished_at, run_id) < (${finishedAt}::timestamptz, ${runId})`);
  }
  const items = (await query.execute()).map(({ entry }) => entry);
  const page = items.slice(0, size);
  const last = page.at(-1);
  return { items: page, next: items.length > size && last ? writeCursor(last) : null };
}

function filtered<O>(query: Tunes<O>, { search, model, engine, hardware, task }: HistoryFilter): Tunes<O> {
  const words = (search ?? '').toLowerCase().split(/\s+/).filter(Boolean).slice(0, MOST_WORDS);
  const parts = { model, engine, hardware };
  let narrowed = task === undefined ? query : query.where('task_name', '=', task);
  // Not LIKE, in which the text would be a pattern.
  for (const word of words) narrowed = narrowed.where(sql<boolean>`strpos(search_text, ${plain(word)}) > 0`);
  for (const [column, part] of Object.entries(parts)) {
    if (part)
      narrowed = narrowed.where(sql<boolean>`strpos(lower(${sql.ref(column)}), ${plain(part.toLowerCase())}) > 0`);
  }
  return narrowed;
}

export async function readTune(
  db: Db,
  runId: string
): Promise<{ entry: HistoryEntry; document: Uint8Array; scoringKey: string } | null> {
  const row = await tables(db)
    .selectFrom('tunes')
    .select(['entry', 'document', 'scoring_key'])
    .where('run_id', '=', plain(runId))
    .executeTakeFirst();
  return row ? { entry: row.entry, document: row.document, scoringKey: row.scoring_key } : null;
}

/** The newest tunes of a task, the oldest of them first. */
export async function tunesOfTask(db: Db, taskName: string): Promise<TrendRow[]> {
  const rows = await tables(db)
    .selectFrom('tunes')
    .select(['entry', 'scoring_key', 'noise_degrees', 'score_measurements'])
    .where('task_name', '=', plain(taskName))
    .orderBy('finished_at', 'desc')
    .orderBy('run_id', 'desc')
    .limit(MOST_IN_A_TREND)
    .execute();
  return rows.reverse().map((row) => ({
    entry: row.entry,
    scoringKey: row.scoring_key,
    noiseDegrees: row.noise_degrees,
    scoreMeasurements: row.score_measurements,
  }));
}

export async function noiseRows(db: Db): Promise<NoiseRow[]> {
  const rows = await tables(db)
    .selectFrom('tunes')
    .select(['host', 'noise_percent', 'noise_degrees', 'is_aa', 'entry'])
    .where('host', 'is not', null)
    .where('noise_percent', 'is not', null)
    .where('noise_degrees', '>', 0)
    .orderBy('finished_at', 'desc')
    .orderBy('run_id', 'desc')
    .limit(MOST_NOISE)
    .execute();
  return rows.map(({ host, noise_percent, noise_degrees, is_aa, entry }) => {
    const { hardware, model, engine, objectiveWords, finishedAt } = entry;
    const measured = { host: host ?? '', percent: noise_percent ?? 0, degrees: noise_degrees ?? 0, isAa: is_aa };
    return { ...measured, hardware, model, engine, objectiveWords, finishedAt };
  });
}

/** The names of the files of all tunes that are there. */
export async function storedNames(db: Db): Promise<Set<string>> {
  const rows = await tables(db).selectFrom('tunes').select('run_id').execute();
  return new Set(rows.map(({ run_id }) => nameOf(run_id)));
}

function tables(db: Db): Db {
  return db.withSchema(SCHEMA);
}

/** No stored text has a NUL, and PostgreSQL refuses the question that has one. */
function plain(text: string): string {
  return text.replaceAll('\0', '\ufffd');
}

const cursorSchema = z.tuple([z.iso.datetime(), z.string().max(1000)]);

function writeCursor({ finishedAt, runId }: HistoryEntry): string {
  return Buffer.from(JSON.stringify([finishedAt, runId])).toString('base64url');
}

function readCursor(cursor: string): [string, string] {
  try {
    const [finishedAt, runId] = cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
    return [finishedAt, plain(runId)];
  } catch {
    throw new HistoryRequestError('the cursor is none of this list');
  }
}
