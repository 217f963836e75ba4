import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Owned, OwnedList, ServingBackend } from '../backends/types.js';
import type { BenchmarkRunner } from '../benchmarks/types.js';
import type { Leak } from '../domain/tuning/experiment.js';
import type { Leftover } from '../platform/leftovers.js';
import { Places } from '../platform/places.js';
import type { Dependencies } from './dependencies.js';
import { reapOrphans } from './reap-orphans.js';

const NOW = Date.now();
const HOUR = 3_600_000;
const ownerOf = (name: string): Owned['owner'] => ({
  workflowId: `tune/${name}`,
  runId: 'r',
  taskName: name,
  experimentId: 1,
});
const owned = (name: string, more: Partial<Owned> = {}): Owned => ({
  ...{ name, kind: 'engine', owner: ownerOf(name), createdAtMs: NOW - HOUR, alive: true },
  ...more,
});

let dir: string;
let done: string[];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reap-'));
  done = [];
});
afterEach(() => rm(dir, { recursive: true, force: true }));

interface Given {
  readonly process?: readonly Owned[];
  /** What the other backend answers when it is asked for what it has made. */
  readonly ome?: () => Promise<OwnedList>;
  readonly tearDown?: (name: string) => Promise<readonly Leak[]>;
  readonly stop?: (name: string) => Promise<readonly Leak[]>;
  readonly isOpen?: Dependencies['isOpen'];
  readonly leftovers?: readonly Leftover[];
}

async function world(given: Given): Promise<Dependencies> {
  const backend = (name: string, listOwned: () => Promise<OwnedList>): Partial<ServingBackend> => ({
    listOwned,
    tearDown: async (one) => {
      const leaks = (await given.tearDown?.(one)) ?? [];
      done.push(`${name} ${one}`);
      return leaks;
    },
  });
  const runner: Partial<BenchmarkRunner> = { stop: async (name) => given.stop?.(name) ?? [] };
  return {
    hostId: 'here',
    backends: {
      process: backend('process', async () => ({ owned: given.process ?? [], problems: [] })),
      ome: backend('ome', given.ome ?? (async () => ({ owned: [], problems: [] }))),
    },
    runners: { 'genai-bench': runner },
    places: await Places.open(dir, 8),
    leftovers: async () => given.leftovers ?? [],
    isOpen: given.isOpen ?? (async (workflowId: string) => workflowId === 'tune/open'),
  } as unknown as Dependencies;
}

const place = (name: string, holder: unknown): Promise<void> =>
  writeFile(join(dir, name), typeof holder === 'string' ? holder : JSON.stringify(holder));

describe('the reaper', () => {
  it('stops every step of an experiment before it takes the engine down, whose key they need', async () => {
    const name = 'task-exp1-0123456789';
    const stopped: string[] = [];
    const report = await reapOrphans(
      await world({
        process: [
          owned(`${name}-s3`, { kind: 'benchmark' }),
          owned(name),
          owned(`${name}-s2`, { kind: 'benchmark' }),
          owned(name, { kind: 'benchmark' }),
        ],
        stop: async (one) => {
          expect(done).toEqual([]);
          stopped.push(one);
          return [];
        },
      }),
      false
    );
    expect(stopped.sort()).toEqual([name, `${name}-s2`, `${name}-s3`]);
    expect(done).toEqual([`process ${name}`]);
    expect(report.removed.map((item) => item.name).sort()).toEqual([name, name, `${name}-s2`, `${name}-s3`]);
  });

  it('takes down what is over, once a name, and leaves what is open, young or leased', async () => {
    const report = await reapOrphans(
      await world({
        process: [
          owned('over'),
          owned('over', { kind: 'benchmark' }),
          owned('open'),
          owned('young', { createdAtMs: NOW - 1000 }),
          owned('elsewhere', { kind: 'forward' }),
        ],
        ome: async () => ({ owned: [owned('elsewhere', { expiresAtMs: NOW + HOUR })], problems: [] }),
      }),
      false
    );
    expect(done).toEqual(['process over']);
    expect(report).toMatchObject({ examined: 6, problems: [] });
    expect(report.removed.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['engine over', 'benchmark over']);
  });

  it('touches nothing when it is only asked what it would do', async () => {
    await place('left', { ...ownerOf('left'), claimedAtMs: NOW - HOUR });
    const leftover = { path: join(dir, 'half.1'), changedAtMs: NOW - 2 * HOUR, pids: [] };
    await writeFile(leftover.path, '');
    const { removed } = await reapOrphans(await world({ process: [owned('over')], leftovers: [leftover] }), true);
    expect(removed.map(({ kind }) => kind)).toEqual(['engine', 'place', 'leftover']);
    expect(done).toEqual([]);
    expect([existsSync(join(dir, 'left')), existsSync(leftover.path)]).toEqual([true, true]);
  });

  it('touches nothing when Temporal cannot be asked', async () => {
    await place('left', 'garbage');
    const isOpen = async (workflowId: string): Promise<boolean> => {
      if (workflowId === 'tune/last') throw new Error('Temporal is away');
      return false;
    };
    const given = await world({ process: [owned('first'), owned('last')], isOpen });
    await expect(reapOrphans(given, false)).rejects.toThrow('Temporal is away');
    expect(done).toEqual([]);
  });

  it('goes on when a backend cannot say what it has made', async () => {
    const ome = async (): Promise<OwnedList> => {
      throw new Error('the API server is away');
    };
    const report = await reapOrphans(await world({ process: [owned('over')], ome }), false);
    expect(done).toEqual(['process over']);
    expect(report.problems).toEqual(["cannot list what the backend 'ome' has made: the API server is away"]);
  });

  it('goes on when one thing cannot be taken down, and says so; its place stays taken', async () => {
    for (const name of ['stuck', 'over']) await place(name, { ...ownerOf(name), claimedAtMs: NOW - HOUR });
    const tearDown = async (name: string): Promise<readonly Leak[]> => {
      if (name === 'stuck') throw new Error('processes 7 cannot be ended');
      return [];
    };
    const report = await reapOrphans(await world({ process: [owned('stuck'), owned('over')], tearDown }), false);
    expect(done).toEqual(['process over']);
    expect(report.removed.map(({ name }) => name)).toEqual(['over']);
    expect(report.problems).toEqual(['cannot take down the engine stuck of process: processes 7 cannot be ended']);
    expect([existsSync(join(dir, 'stuck')), existsSync(join(dir, 'over'))]).toEqual([true, false]);
  });

  it('takes an engine down although its benchmark will not go', async () => {
    const stop = async (): Promise<readonly Leak[]> => {
      throw new Error('the API server is away');
    };
    const report = await reapOrphans(await world({ process: [owned('over')], stop }), false);
    expect(done).toEqual(['process over']);
    expect(report.problems).toHaveLength(1);
    expect(report.removed).toEqual([]);
  });

  it('reports what is still there after it was taken down', async () => {
    const leak = { kind: 'InferenceService', name: 'over', reason: 'a finalizer', command: 'kubectl get it' };
    const report = await reapOrphans(await world({ process: [owned('over')], tearDown: async () => [leak] }), false);
    expect(report.removed).toEqual([]);
    expect(report.problems).toEqual(['InferenceService over is still there: a finalizer; look at it: kubectl get it']);
  });

  it('releases places that nobody holds, and those of which nobody can say who does once they are old', async () => {
    await place('left', { ...ownerOf('left'), claimedAtMs: NOW - HOUR });
    await place('open', { ...ownerOf('open'), claimedAtMs: NOW - HOUR });
    await place('ahead', { ...ownerOf('ahead'), claimedAtMs: 1e300 });
    await place('being-written', '{"workf');
    const { removed } = await reapOrphans(await world({}), false);
    expect(removed.map(({ name }) => name).sort()).toEqual(['ahead', 'left']);
  });

  it('removes half-made folders once they are old, and reports those in which something runs', async () => {
    const folder = async (name: string, changedAtMs: number, pids: number[] = []): Promise<Leftover> => {
      await mkdir(join(dir, name));
      return { path: join(dir, name), changedAtMs, pids };
    };
    const leftovers = [
      await folder('old.engine', NOW - 2 * HOUR),
      await folder('new.engine', NOW),
      await folder('runs.engine', NOW - 2 * HOUR, [7, 8]),
    ];
    const { removed, problems } = await reapOrphans(await world({ leftovers }), false);
    expect(removed.map(({ name }) => name)).toEqual([leftovers[0]?.path]);
    expect(leftovers.map(({ path }) => existsSync(path))).toEqual([false, true, true]);
    expect(problems).toEqual([expect.stringContaining('does not say whose the processes 7, 8 are')]);
  });

  it('keeps its report small', async () => {
    const many = Array.from({ length: 200 }, (_, i) => owned(`n${i}`));
    const tearDown = async (): Promise<readonly Leak[]> => {
      throw new Error('x'.repeat(10_000));
    };
    const { problems } = await reapOrphans(await world({ process: many, tearDown }), false);
    expect(problems).toHaveLength(51);
    expect(problems.at(-1)).toBe('and 150 more problems');
    expect(JSON.stringify(problems).length).toBeLessThan(40_000);
  });
});
