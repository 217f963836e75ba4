import { describe, expect, it } from '@jest/globals';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openHistory, importInto } from '../../src/history/index.js';
import { finishedTune } from '../support/finished-tunes.js';
import { useDatabases } from './support/databases.js';

describe('the embedded history', () => {
  const databases = useDatabases('PGlite');

  it('is open in one process at a time, and takes records of any number meanwhile', async () => {
    const place = await databases.place();
    const [owner, other] = [databases.open(place), databases.open(place)];
    await owner.list();
    await other.record(finishedTune({ runId: 'from-another' }));
    await expect(other.list()).rejects.toMatchObject({
      name: 'HistoryUnavailableError',
      message: expect.stringContaining('another process has the history') as unknown,
    });
    expect(await other.status()).toMatchObject({ isOpen: false, waiting: 1 });
    expect((await owner.list()).items.map(({ runId }) => runId)).toEqual(['from-another']);
    expect(await owner.status()).toMatchObject({ isOpen: true, waiting: 0 });
    await owner.close();
    expect((await other.list()).items).toHaveLength(1);
    expect(await other.status()).toMatchObject({ isOpen: true, problem: null });
  });

  it('opens no database to record, and is there for those who ask at the same time', async () => {
    const place = await databases.place();
    const folder = join(place.folder, 'new');
    const history = databases.open({ folder });
    await history.record(finishedTune({ runId: 'a' }));
    expect(await readdir(folder)).toEqual(['inbox']);
    const answers = await Promise.all([history.list(), history.get('a'), history.trend('test'), history.noise()]);
    expect(answers[0].items).toHaveLength(1);
    expect((await readdir(folder)).sort()).toEqual(['inbox', 'kept', 'pglite']);
    await history.close();
    // It is opened again, since that is asked for.
    expect((await history.list()).items).toHaveLength(1);
  });

  it('keeps the later of two that wait, whichever was left last', async () => {
    const place = await databases.place();
    const history = databases.open(place);
    for (const at of [10, 30, 20]) await history.record(finishedTune({ runId: 'a', at }));
    expect((await history.list()).items.map(({ finishedAt }) => finishedAt)).toEqual(['2026-01-01T00:00:30.000Z']);
    expect(await readdir(join(place.folder, 'kept'))).toEqual(['a.json.gz']);
    expect(await history.status()).toMatchObject({ waiting: 0 });
    expect(await history.get('a')).toEqual(finishedTune({ runId: 'a', at: 30 }));
  });

  it('puts aside what is no tune, and goes on', async () => {
    const place = await databases.place();
    const said: string[] = [];
    const inbox = join(place.folder, 'inbox');
    await mkdir(inbox);
    await writeFile(join(inbox, 'a.json.gz'), 'no gzip');
    await writeFile(join(inbox, 'b.json.gz'), gzipSync('{"task_name": 1}'));
    await writeFile(join(inbox, 'c.json.gz'), gzipSync('[[[['));
    const timeless = finishedTune({ runId: 'd' });
    const ran = { ...timeless.ran, started_at: 'never' };
    await writeFile(join(inbox, 'd.json.gz'), gzipSync(JSON.stringify({ ...timeless, ran })));
    const history = databases.open(place, (line) => said.push(line));
    await history.record(finishedTune({ runId: '../../../etc/passwd' }));
    expect((await history.list()).items.map(({ runId }) => runId)).toEqual(['../../../etc/passwd']);
    expect((await readdir(inbox)).sort()).toEqual(['a', 'b', 'c', 'd'].map((name) => `${name}.json.gz.refused`));
    expect(said).toHaveLength(4);
    expect(await history.status()).toMatchObject({ waiting: 0 });
  });

  it('cannot record where nothing can be written, and says so', async () => {
    const place = await databases.place();
    await writeFile(join(place.folder, 'inbox'), 'a file is in the way');
    await expect(databases.open(place).record(finishedTune({ runId: 'a' }))).rejects.toThrow(/EEXIST|ENOTDIR/);
  });

  it('takes in results files of a folder, and says which are none', async () => {
    const place = await databases.place();
    const folder = join(place.folder, 'results');
    await mkdir(folder);
    await writeFile(join(folder, 'a_results.json'), JSON.stringify(finishedTune({ runId: 'a' })));
    await writeFile(join(folder, 'b.json.gz'), gzipSync(JSON.stringify(finishedTune({ runId: 'b', at: 1 }))));
    await writeFile(join(folder, 'task.json'), '{"task_name": "x"}');
    await writeFile(join(folder, 'broken.json'), '{');
    await writeFile(join(folder, 'a_results.csv'), 'x');
    const history = databases.open(place);
    expect(await importInto(history, folder)).toEqual({
      recorded: 2,
      skipped: [
        { name: 'broken.json', reason: 'its file holds no JSON' },
        { name: 'task.json', reason: 'it is no results file of this version' },
      ],
    });
    expect(await importInto(history, join(folder, 'a_results.json'))).toMatchObject({ recorded: 1 });
    expect((await history.list()).items.map(({ runId }) => runId)).toEqual(['b', 'a']);
    await expect(importInto(history, join(folder, 'none'))).rejects.toThrow('ENOENT');
    // As from the embedded database to a server.
    const other = databases.open({ folder: join(place.folder, 'other') });
    expect(await importInto(other, join(place.folder, 'kept'))).toMatchObject({ recorded: 2, skipped: [] });
    expect(await other.get('b')).toEqual(await history.get('b'));
  });

  it('does not take one of a newer version for a broken one', async () => {
    const place = await databases.place();
    const { PGlite } = await import('@electric-sql/pglite');
    const newer = await PGlite.create(join(place.folder, 'pglite'));
    await newer.query(`insert into autotuner.migrations (name, timestamp) values ('9999-later', '2030')`);
    await newer.close();
    const history = openHistory(place);
    await history.record(finishedTune({ runId: 'a' }));
    await expect(history.list()).rejects.toThrow('newer version');
    await history.close();
    expect((await readdir(place.folder)).sort()).toEqual(['inbox', 'pglite']);
    expect(await readFile(join(place.folder, 'pglite', 'PG_VERSION'), 'utf8')).toMatch(/^\d+/);
  });
});
