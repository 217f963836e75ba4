/** Whatever lies in the state folder, looking at it fails for nobody. */
import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { damaged, damagedBytes } from '../../test/support/garbage.js';
import { outcomeOf } from '../../test/support/outcomes.js';
import { measurement } from '../../test/support/fake-activities.js';
import { OwnedProcesses } from './owned-process.js';
import { Places } from './places.js';
import { RunStore } from './run-store.js';

let dir: string;
/** No process bears it. */
let name: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'state-'));
  name = basename(dir).toLowerCase();
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const contents = (value: unknown): fc.Arbitrary<string | Buffer> =>
  fc.oneof(
    damaged(value).map((item) => JSON.stringify(item) ?? ''),
    damagedBytes(JSON.stringify(value))
  );

const owner = { workflowId: 'tune/x/1', runId: 'r', taskName: 'x', experimentId: 1 };
const leaseOf = (of: string): object => ({
  ...{ name: of, kind: 'engine', owner, createdAtMs: 1, command: ['engine'], port: 20_000 },
});

describe('the folders of owned processes', () => {
  it('are read whatever their files hold', async () => {
    const processes = new OwnedProcesses(dir);
    const folder = processes.folder(name, 'engine');
    await mkdir(folder);
    const files = fc.record({
      'lease.json': contents(leaseOf(name)),
      'exit.json': contents({ code: 0, signal: null, atMs: 1 }),
      'started.json': contents({ uptimeMs: 1 }),
      'output.log': fc.uint8Array().map((bytes) => Buffer.from(bytes)),
    });
    await fc.assert(
      fc.asyncProperty(files, async (all) => {
        for (const [file, content] of Object.entries(all)) await writeFile(join(folder, file), content);
        for (const lease of await processes.list()) expect(processes.folder(lease.name, lease.kind)).toBe(folder);
        const status = await processes.status(name, 'engine');
        expect(['none', 'vanished', 'object']).toContain(typeof status === 'object' ? 'object' : status);
        for (const line of await processes.tail(name, 'engine', 3))
          expect(line).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f]/);
        expect((await processes.leftovers()).length + (await processes.list()).length).toBe(1);
      }),
      { numRuns: 50 }
    );
  });

  it('speak for themselves alone: a lease cannot name another folder', async () => {
    const processes = new OwnedProcesses(join(dir, 'leases'));
    const outside = join(dir, 'precious.engine');
    await mkdir(outside);
    for (const [folder, claims] of [
      ['climbing.engine', '../precious'],
      [`${name}.engine.bak`, name],
      ['other.engine', name],
    ] as const) {
      await mkdir(join(dir, 'leases', folder), { recursive: true });
      await writeFile(join(dir, 'leases', folder, 'lease.json'), JSON.stringify(leaseOf(claims)));
    }
    expect(await processes.list()).toEqual([]);
    const leftovers = (await processes.leftovers()).map(({ path }) => basename(path)).sort();
    // A name that is none of ours is not even looked at.
    expect(leftovers).toEqual(['climbing.engine', 'other.engine']);
  });

  it('are left over when nobody can say whose they are, and nothing else is', async () => {
    const processes = new OwnedProcesses(dir);
    await mkdir(join(dir, 'half.engine'));
    await writeFile(join(dir, 'half.engine', 'api-key'), 'x');
    await mkdir(join(dir, 'Notes'));
    await writeFile(join(dir, 'file.engine'), 'x');
    await symlink('/', join(dir, 'link.engine'));
    await utimes(join(dir, 'half.engine'), 1, 1);
    expect(await processes.leftovers()).toEqual([{ path: join(dir, 'half.engine'), changedAtMs: 1000, pids: [] }]);
  });
});

describe('the files of places', () => {
  it('are read whatever they hold', async () => {
    await fc.assert(
      fc.asyncProperty(contents({ workflowId: 'w', runId: 'r', claimedAtMs: 1 }), async (content) => {
        await writeFile(join(dir, 'taken'), content);
        const places = await Places.open(dir, 1);
        expect(places.free).toBe(0);
        const [claim] = await places.claims();
        expect(claim?.sinceMs).toBeLessThanOrEqual(Date.now() + 1000);
        await places.release('taken');
        expect(places.free).toBe(1);
      }),
      { numRuns: 50 }
    );
  });

  it('are files with names of ours', async () => {
    await mkdir(join(dir, 'folder'));
    await symlink('/etc/passwd', join(dir, 'link'));
    await writeFile(join(dir, 'taken.123456'), '{"workf');
    const places = await Places.open(dir, 1);
    expect(places.free).toBe(1);
    expect((await places.leftovers()).map(({ path }) => basename(path))).toEqual(['taken.123456']);
  });

  it('take no place when they cannot be written', async () => {
    const places = await Places.open(join(dir, 'places'), 1);
    await rm(join(dir, 'places'), { recursive: true });
    await expect(places.claim('x', owner)).rejects.toThrow('ENOENT');
    expect(places.free).toBe(1);
  });

  it('that are being written have no holder yet, and are young', async () => {
    const places = await Places.open(dir, 1);
    const claiming = places.claim('x', owner);
    const [claim] = await places.claims();
    expect(Date.now() - (claim?.sinceMs ?? 0)).toBeLessThan(10_000);
    await claiming;
  });
});

describe('stored outcomes', () => {
  const run = { taskName: 't', runId: 'r' };
  const outcome = {
    ...outcomeOf(1, 2),
    measurements: [measurement(1)],
    leaks: [{ kind: 'k', name: 'n', reason: 'r', command: 'c' }],
    provenance: {
      ...{ host: 'h', engine: 'e', engine_version: '1', model: 'm' },
      ...{ benchmark_version: '1', command: ['c'], load_average: 0 },
    },
  };

  it('come back as they were', async () => {
    const store = new RunStore(dir);
    const failed = outcomeOf(2, 'failed');
    for (const one of [failed, outcome]) await store.record(run, one);
    await store.experimentDir(run, 3);
    expect(await store.outcomes(run)).toEqual({ outcomes: [outcome, failed], unreadable: [] });
  });

  it('are all read but those that cannot be, which are named', async () => {
    const store = new RunStore(dir);
    await store.record(run, outcomeOf(2, 1));
    const path = join(await store.experimentDir(run, 1), 'outcome.json');
    for (const odd of ['1e0', '01', '-1', 'NaN', '1.5']) await mkdir(join(dir, 't', 'r', 'experiments', odd));
    await fc.assert(
      fc.asyncProperty(contents(outcome), async (content) => {
        await writeFile(path, content);
        const { outcomes, unreadable } = await store.outcomes(run);
        expect(outcomes.map((one) => one.experimentId)).toEqual(unreadable.length > 0 ? [2] : [1, 2]);
        expect(unreadable.every((one) => one === path)).toBe(true);
      })
    );
    expect((await readdir(join(dir, 't', 'r', 'experiments'))).length).toBe(7);
  });
});
