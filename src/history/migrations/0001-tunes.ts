import { sql, type Kysely } from 'kysely';
import { SCHEMA } from '../schema.js';

/**
 * One row a tune, so that keeping it is one statement. Columns are what is asked for; `entry` is the list's line, `document` the
 * results file as it is: gzipped, since text types can store neither NUL nor every number as it was. A later migration that wants more
 * in columns reads it from there.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .withSchema(SCHEMA)
    .createTable('tunes')
    // By bytes, so that pages are the same whatever the database's locale is.
    .addColumn('run_id', sql`text collate "C"`, (column) => column.primaryKey())
    .addColumn('task_name', 'text', (column) => column.notNull())
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('engine', 'text')
    .addColumn('engine_version', 'text')
    .addColumn('hardware', 'text')
    .addColumn('host', 'text')
    .addColumn('started_at', 'timestamptz', (column) => column.notNull())
    .addColumn('finished_at', 'timestamptz', (column) => column.notNull())
    .addColumn('score', 'double precision')
    .addColumn('score_measurements', 'integer', (column) => column.notNull())
    .addColumn('scoring_key', 'text', (column) => column.notNull())
    .addColumn('verdict', 'text', (column) => column.notNull())
    .addColumn('gain_percent', 'double precision')
    .addColumn('noise_percent', 'double precision')
    .addColumn('noise_degrees', 'integer')
    .addColumn('is_aa', 'boolean', (column) => column.notNull())
    .addColumn('search_text', 'text', (column) => column.notNull())
    .addColumn('entry', 'json', (column) => column.notNull())
    .addColumn('document', 'bytea', (column) => column.notNull())
    .execute();
  const index = (name: string): ReturnType<typeof db.schema.createIndex> =>
    db.schema.withSchema(SCHEMA).createIndex(name);
  await index('tunes_newest').on('tunes').columns(['finished_at desc', 'run_id desc']).execute();
  await index('tunes_of_task').on('tunes').columns(['task_name', 'finished_at desc']).execute();
}
