import { afterAll, expect, it } from '@jest/globals';
import { cp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeDatabases, type Databases, type Place } from './support/databases.js';
import { killedWriter } from './support/killed-writer.js';
import { largeTune } from './support/large-tune.js';

/** More for a longer look: `HISTORY_KILLS=200 npm test -- history -t killed`. */
const KILLS = Number(process.env['HISTORY_KILLS'] ?? 12);

/** Everything that was said to be kept is there as it was, and nothing twice. */
async function expectAll(databases: Databases, place: Place, kept: readonly string[]): Promise<number> {
  const history = databases.open(place);
  try {
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await history.list({ limit: 200, cursor });
      found.push(...page.items.map(({ runId }) => runId));
      cursor = page.next ?? undefined;
    } while (cursor);
    expect(new Set(found).size).toBe(found.length);
    expect(kept.filter((runId) => !found.includes(runId))).toEqual([]);
    // Also of those that were not said to be kept: as a whole or not at all.
    for (const runId of found.slice(0, 20)) {
      expect(await history.get(runId)).toEqual(largeTune(runId, Number(runId.split('-').at(-1))));
    }
    expect(await history.status()).toMatchObject({ waiting: 0, problem: null });
    return found.length;
  } finally {
    await history.close();
  }
}

describeDatabases('a killed writer', (databases, kind) => {
  const counted = { kills: 0, kept: 0, found: 0 };
  afterAll(() => {
    console.log(`${kind}: ${counted.kills} kills, ${counted.kept} tunes said to be kept, ${counted.found} found`);
  });

  it(`has lost nothing that it had kept, and doubled nothing, in ${KILLS} kills while it writes`, async () => {
    const place = await databases.place();
    const kept: string[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      // In another write each time, and not in step with it.
      const delayMs = ((kill * 0.618) % 1) * 120;
      kept.push(...(await killedWriter(place, `w${kill}`, { after: `kept w${kill}-${kill % 6}`, delayMs })));
      counted.found = await expectAll(databases, place, kept);
      counted.kills++;
    }
    counted.kept = kept.length;
    expect(kept.length).toBeGreaterThanOrEqual(KILLS);
    // Recorded again, as an activity is that was tried again.
    const history = databases.open(place);
    for (const runId of kept.slice(-5)) await history.record(largeTune(runId, Number(runId.split('-').at(-1))));
    await history.close();
    expect(await expectAll(databases, place, kept)).toBe(counted.found);
  });

  it('that had just begun to make the database leaves one that works', async () => {
    for (const delayMs of [0, 150, 700, 1500]) {
      const place = await databases.place();
      if (kind === 'PGlite') await rm(join(place.folder, 'pglite'), { recursive: true });
      const kept = await killedWriter(place, 'w', { after: 'begun', delayMs });
      await expectAll(databases, place, kept);
      counted.kills++;
    }
  });

  if (kind === 'PGlite') {
    it('and a database that is broken by it all the same is made again from what was kept', async () => {
      const place = await databases.place();
      const kept = await killedWriter(place, 'w', { after: 'kept w-8', delayMs: 0 });
      const total = await expectAll(databases, place, kept);
      const whole = join(place.folder, 'pglite');
      const ways: [string, () => Promise<void>][] = [
        ['its control file is garbage', () => writeFile(join(whole, 'global', 'pg_control'), Buffer.alloc(8192, 7))],
        ['it is of another version', () => writeFile(join(whole, 'PG_VERSION'), '14\n')],
        ['its log is gone', () => rm(join(whole, 'pg_wal'), { recursive: true })],
        ['it is gone', () => rm(whole, { recursive: true })],
        ['it is a file', () => rm(whole, { recursive: true }).then(() => writeFile(whole, 'x'))],
      ];
      for (const [what, breakIt] of ways) {
        await breakIt();
        expect([what, await expectAll(databases, place, kept)]).toEqual([what, total]);
      }
    });

    it('and one that has forgotten its last writes is given them again', async () => {
      const place = await databases.place();
      const earlier = join(place.folder, 'earlier');
      await cp(join(place.folder, 'pglite'), earlier, { recursive: true });
      const kept = await killedWriter(place, 'w', { after: 'kept w-8', delayMs: 0 });
      const total = await expectAll(databases, place, kept);
      await rm(join(place.folder, 'pglite'), { recursive: true });
      await cp(earlier, join(place.folder, 'pglite'), { recursive: true });
      expect(await expectAll(databases, place, kept)).toBe(total);
      expect((await readdir(place.folder)).sort()).toEqual(['earlier', 'inbox', 'kept', 'pglite']);
    });
  } else {
    it('nor a server that is ended at once while it writes', async () => {
      const place = await databases.place();
      const kept: string[] = [];
      for (let kill = 0; kill < 4; kill++) {
        const id = `w${kill}`;
        // After another write each time, and at another moment of the next.
        let ended: Promise<void> | undefined;
        const onLine = (line: string): void => {
          if (line === `kept ${id}-${kill}`) ended = sleep(kill * 7).then(() => databases.server.kill());
        };
        const ofWriter = await killedWriter(place, id, { after: `kept ${id}-${kill + 5}`, delayMs: 100, onLine });
        await ended;
        kept.push(...ofWriter);
        await databases.server.resume();
        await expectAll(databases, place, kept);
      }
    });
  }
});
