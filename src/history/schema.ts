/** The tables of the history, the same in PGlite and in PostgreSQL. What is in which column: migrations/. */
import type { ColumnType } from 'kysely';
import type { HistoryEntry } from './types.js';

/** All of it is in a PostgreSQL schema of its own, so that it can share a database. */
export const SCHEMA = 'autotuner';

/** Written as text, which both drivers take, and read as the driver makes it. */
type Written<Read> = ColumnType<Read, string, string>;

export interface TunesTable {
  run_id: string;
  task_name: string;
  model: string;
  engine: string | null;
  engine_version: string | null;
  hardware: string | null;
  /** Where there is one; null of a tune on several. */
  host: string | null;
  started_at: Written<Date>;
  finished_at: Written<Date>;
  score: number | null;
  score_measurements: number;
  scoring_key: string;
  verdict: string;
  gain_percent: number | null;
  noise_percent: number | null;
  noise_degrees: number | null;
  is_aa: boolean;
  search_text: string;
  entry: Written<HistoryEntry>;
  /** The results file, gzipped JSON. */
  document: Buffer;
}

export interface HistorySchema {
  tunes: TunesTable;
}
