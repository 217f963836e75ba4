import { expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { finishedTune } from '../support/finished-tunes.js';
import { describePostgres, useDatabases } from './support/databases.js';
import { PASSWORD } from './support/postgres.js';

describePostgres('the history in a server', () => {
  const databases = useDatabases('PostgreSQL');

  it('is made by many processes at once', async () => {
    const place = await databases.place();
    const histories = Array.from({ length: 8 }, () => databases.open(place));
    await Promise.all(histories.map((history, i) => history.record(finishedTune({ runId: `run-${i}` }))));
    for (const history of histories) expect((await history.list()).items).toHaveLength(8);
  });

  it('leaves tunes in files while the server is away, and takes them when it is back', async () => {
    const place = await databases.place();
    const said: string[] = [];
    const history = databases.open(place, (line) => said.push(line));
    await history.record(finishedTune({ runId: 'before' }));
    await databases.server.kill();
    const startedAt = Date.now();
    for (const runId of ['away-1', 'away-2']) await history.record(finishedTune({ runId }));
    expect(Date.now() - startedAt).toBeLessThan(12_000);
    await expect(history.list()).rejects.toMatchObject({ name: 'HistoryUnavailableError' });
    const status = await history.status();
    expect(status).toMatchObject({ kind: 'postgres', isOpen: false, waiting: 2 });
    await databases.server.resume();
    expect((await history.list()).items).toHaveLength(3);
    expect(await history.status()).toEqual({ kind: 'postgres', isOpen: true, waiting: 0, problem: null });
    expect(await readdir(join(place.folder, 'inbox'))).toEqual([]);
    expect([...said, status.problem].join()).not.toContain(PASSWORD);
    expect(said.length).toBeGreaterThan(0);
  });

  it('delivers what an earlier process has left, without being asked', async () => {
    const place = await databases.place();
    const { url = '' } = place;
    const away = databases.open({ ...place, url: url.replace(/:\d+\//, ':9/') });
    await away.record(finishedTune({ runId: 'left' }));
    await away.close();
    expect(await readdir(join(place.folder, 'inbox'))).toHaveLength(1);
    databases.open(place);
    for (let i = 0; i < 100 && (await readdir(join(place.folder, 'inbox'))).length > 0; i++) await sleep(100);
    const [row] = await databases.server.query(new URL(url).pathname.slice(1), 'select run_id from autotuner.tunes');
    expect(row).toEqual({ run_id: 'left' });
  });

  it.each<[string, (url: URL) => void]>([
    ['a wrong password', (url) => (url.password = 'wrong-canary-0123')],
    ['a database that is not there', (url) => (url.pathname = '/none')],
    ['a host that is not there', (url) => (url.hostname = 'history.invalid')],
  ])('says that it cannot be used by %s, without a secret, and keeps the tune', async (_, change) => {
    const place = await databases.place();
    const url = new URL(place.url ?? '');
    change(url);
    const said: string[] = [];
    const history = databases.open({ folder: place.folder, url: url.href }, (line) => said.push(line));
    await history.record(finishedTune({ runId: 'a' }));
    const error: unknown = await history.list().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'HistoryUnavailableError' });
    expect(`${String(error)}${said.join()}`).not.toMatch(/canary/);
    expect(await readdir(join(place.folder, 'inbox'))).toHaveLength(1);
  });

  it('does not keep a tune waiting for a server that takes connections and says nothing', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const folder = await mkdtemp(join(tmpdir(), 'history-silent-'));
    const { port } = silent.address() as AddressInfo;
    const history = databases.open({ folder, url: `postgres://u:${PASSWORD}@127.0.0.1:${port}/x` });
    const startedAt = Date.now();
    await history.record(finishedTune({ runId: 'a' }));
    expect(Date.now() - startedAt).toBeLessThan(6000);
    expect(await readdir(join(folder, 'inbox'))).toHaveLength(1);
    await history.close();
    silent.close();
    await rm(folder, { recursive: true });
  });

  it('shares a database with others, and says when a newer version has been there', async () => {
    const place = await databases.place();
    const database = new URL(place.url ?? '').pathname.slice(1);
    await databases.server.query(database, 'create table tunes (id int); create table migrations (id int)');
    const history = databases.open(place);
    await history.record(finishedTune({ runId: 'a' }));
    expect((await history.list()).items).toHaveLength(1);
    await databases.server.query(
      database,
      `insert into autotuner.migrations (name, timestamp) values ('9999-later', '2030')`
    );
    const older = databases.open(place);
    await expect(older.list()).rejects.toThrow('newer version');
  });

  it('needs no right to make a schema where there is one', async () => {
    const place = await databases.place();
    const url = new URL(place.url ?? '');
    const database = url.pathname.slice(1);
    await databases.server.query(
      database,
      `create role plain login password '${PASSWORD}'; create schema autotuner authorization plain`
    );
    url.username = 'plain';
    const history = databases.open({ folder: place.folder, url: url.href });
    await history.record(finishedTune({ runId: 'a' }));
    expect((await history.list()).items).toHaveLength(1);
    expect(await history.status()).toMatchObject({ waiting: 0 });
  });
});
