import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Accelerators } from './accelerators.js';
import type { DeviceUser } from './device-use.js';
import type { Device, Holder } from './nvidia-smi.js';
import { shareOut, visibleDevices } from './shares.js';

let dir: string;
let said: string[];
let changes: number;
let memory: Map<string, number | null>;
let holders: Holder[];
let failing: boolean;
let hosts: Accelerators[];
/** What other workers' engines run on. */
let used: Map<string, DeviceUser>;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'accelerators-'));
  said = [];
  changes = 0;
  memory = new Map([
    ['GPU-0', 10],
    ['GPU-1', 10],
  ]);
  holders = [];
  failing = false;
  hosts = [];
  used = new Map();
});
afterEach(async () => {
  for (const one of hosts) one.close();
  await rm(dir, { recursive: true, force: true });
});

const list = (): Device[] => [...memory].map(([uuid, usedMiB], index) => ({ index, uuid, usedMiB, totalMiB: 1000 }));

const OPTIONS = {
  smi: {
    async devices(): Promise<Device[]> {
      if (failing) throw new Error('no driver');
      return list();
    },
    holders: async () => holders,
  },
  places: 1,
  waitMs: 100,
  placeOf: (name: string) => (name === 'none' ? undefined : Number(name)),
  onChange: () => changes++,
  say: (line: string) => said.push(line),
  inUse: async () => used,
};
const whole = (): string =>
  list()
    .map(({ uuid }) => uuid)
    .join(',');

/** A host whose attempts are named after the places that they hold. */
async function host(places = 1, engineAlive = false, cudaVisibleDevices?: string): Promise<Accelerators> {
  const accelerators = new Accelerators({ ...OPTIONS, stateDir: dir, places, cudaVisibleDevices });
  hosts.push(accelerators);
  await accelerators.begin(engineAlive);
  return accelerators;
}
/** What an engine is started with, without what it says to other workers. */
async function prepare(
  on: Accelerators,
  name = '0',
  needed: number | null = null,
  limitMs = 100
): Promise<Record<string, string>> {
  const { AUTOTUNER_DEVICES: devices, ...variables } = await on.startOn({ name, needed, limitMs }, async (all) => all);
  if (devices !== undefined) expect(variables).toEqual(devices === whole() ? {} : { CUDA_VISIBLE_DEVICES: devices });
  return variables;
}

describe('the accelerators of a host', () => {
  it('let an engine start at once on clear devices, and keep out of its environment', async () => {
    const accelerators = await host();
    memory.set('GPU-0', 200);
    expect(await prepare(accelerators)).toEqual({});
    expect(await accelerators.settle('0')).toEqual([]);
    expect(said).toEqual([]);
  });

  it('leave out those on which others compute, and say so, while enough are left', async () => {
    const accelerators = await host();
    holders = [{ pid: 17, uuid: 'GPU-0' }];
    expect(await prepare(accelerators, '0', 1)).toEqual({ CUDA_VISIBLE_DEVICES: 'GPU-1' });
    expect(said).toEqual(['accelerator 0 (GPU-0) is left out: process 17 computes there']);
    expect(await prepare(accelerators, '0', 2)).toEqual({});
  });

  it('are only those that are asked for, by number or UUID', async () => {
    const accelerators = await host();
    const start = (only: string[]): Promise<string | undefined> =>
      accelerators.startOn(
        { name: '0', needed: only.length, only, limitMs: 100 },
        async (all) => all['AUTOTUNER_DEVICES']
      );
    expect(await start(['1'])).toBe('GPU-1');
    expect(await start(['GPU-0', '1'])).toBe('GPU-0,GPU-1');
    await expect(start(['7'])).rejects.toThrow('this place does not have accelerator 7');
    used.set('GPU-1', { name: 'x-exp1.container', pid: null });
    await expect(start(['1'])).rejects.toThrow('accelerator 1 (GPU-1) is used by x-exp1.container');
  });

  it('wait for memory that comes back late', async () => {
    const accelerators = await host();
    memory.set('GPU-1', 900);
    setTimeout(() => memory.set('GPU-1', 10), 300);
    const start = Date.now();
    expect(await prepare(accelerators, '0', null, 5000)).toEqual({});
    expect(Date.now() - start).toBeLessThan(2000);
    expect(await accelerators.settle('0')).toEqual([]);
  });

  it('set aside what does not come back, report it, leave it out, and take it back', async () => {
    const accelerators = await host();
    memory.set('GPU-0', 900);
    holders = [
      { pid: 17, uuid: 'GPU-0' },
      { pid: 18, uuid: 'GPU-1' },
    ];
    const [leak, ...more] = await accelerators.settle('0');
    expect(more).toEqual([]);
    expect(leak).toEqual({
      kind: 'accelerator',
      name: '0 (GPU-0)',
      reason: '900 MiB in use, 10 MiB before any engine; waited 0.1 s; held by process 17',
      command: 'nvidia-smi --id=GPU-0',
    });
    expect(said).toEqual([`accelerator 0 (GPU-0) is set aside: ${leak?.reason}`]);
    expect(await prepare(accelerators)).toEqual({ CUDA_VISIBLE_DEVICES: 'GPU-1' });
    // It is not waited for again, also by a restarted worker.
    expect(await accelerators.settle('0')).toEqual([]);
    expect(await prepare(await host())).toEqual({ CUDA_VISIBLE_DEVICES: 'GPU-1' });

    memory.set('GPU-0', 20);
    await accelerators.recheck();
    expect(said.at(-1)).toBe('accelerator 0 (GPU-0) is clear again and used again');
    expect(await prepare(accelerators)).toEqual({});
  });

  it('do not let an engine start that needs more than are clear, unless there never were so many', async () => {
    const accelerators = await host();
    memory.set('GPU-0', 900);
    await expect(prepare(accelerators, '0', 2)).rejects.toMatchObject({
      code: 'ACCELERATOR_BUSY',
      message: expect.stringMatching(/^accelerator 0 \(GPU-0\): 900 MiB in use/),
    });
    memory.set('GPU-0', 10);
    await accelerators.recheck();
    expect(await prepare(accelerators, '0', 8)).toEqual({});
  });

  it('offer no place that has none left', async () => {
    const accelerators = await host(2);
    expect([0, 1, 2].map((place) => accelerators.isUsable(place))).toEqual([true, true, false]);
    memory.set('GPU-1', 900);
    const before = changes;
    await accelerators.settle('1');
    expect(changes).toBe(before + 1);
    expect([0, 1].map((place) => accelerators.isUsable(place))).toEqual([true, false]);
    await expect(prepare(accelerators, '1')).rejects.toMatchObject({ code: 'ACCELERATOR_BUSY' });
    expect(await prepare(accelerators, '0')).toEqual({ CUDA_VISIBLE_DEVICES: 'GPU-0' });
  });

  it('remember the baseline over a restart, lower it, and take none while an engine runs', async () => {
    memory.set('GPU-0', 900);
    await host(1, true);
    memory.set('GPU-0', 300);
    await host();
    memory.set('GPU-0', 900);
    const accelerators = await host();
    expect(await accelerators.settle('0')).toMatchObject([{ reason: expect.stringContaining('300 MiB before') }]);
    memory.set('GPU-0', 10);
    await accelerators.recheck();
    memory.set('GPU-0', 300);
    expect(await accelerators.settle('0')).toHaveLength(1);
    const book = JSON.parse(await readFile(join(dir, 'accelerators.json'), 'utf8')) as { devices: object };
    expect(book.devices).toMatchObject({ 'GPU-0': { baselineMiB: 10 }, 'GPU-1': { setAside: null } });
  });

  it('set aside what nvidia-smi no longer shows, and judge nothing that it cannot tell', async () => {
    const accelerators = await host();
    memory.set('GPU-1', null);
    expect(await accelerators.settle('0')).toEqual([]);
    memory.delete('GPU-0');
    expect(await accelerators.settle('0')).toMatchObject([
      { name: '0 (GPU-0)', reason: expect.stringMatching(/^nvidia-smi does not show it/) },
    ]);
    failing = true;
    expect(await accelerators.settle('0')).toMatchObject([{ name: '1 (GPU-1)' }]);
  });

  it('are left alone where nvidia-smi fails at the start, or where there is none', async () => {
    failing = true;
    const accelerators = await host();
    expect(said).toEqual(['the accelerators are not watched: no driver']);
    expect(await prepare(accelerators)).toEqual({});
    expect(accelerators.isUsable(5)).toBe(true);
    expect(await accelerators.settle('none')).toEqual([]);
  });

  it('are not shared with an engine of another worker, which is waited for and not complained of', async () => {
    const accelerators = await host();
    const user = { name: 'other-exp1.engine', pid: 7 };
    used = new Map([['GPU-0', user]]);
    memory.set('GPU-0', 900);
    expect(await prepare(accelerators)).toEqual({ CUDA_VISIBLE_DEVICES: 'GPU-1' });
    expect(await accelerators.settle('0')).toEqual([]);
    await expect(prepare(accelerators, '0', 2)).rejects.toMatchObject({
      code: 'ACCELERATOR_BUSY',
      message: 'accelerator 0 (GPU-0) is used by other-exp1.engine, process 7',
    });
    expect(said).toEqual([]);
    const waiting = new Accelerators({ ...OPTIONS, stateDir: dir, waitMs: 60_000 });
    await waiting.begin(false);
    setTimeout(() => {
      used = new Map();
      memory.set('GPU-0', 10);
    }, 100);
    expect(await prepare(waiting, '0', 2, 60_000)).toEqual({});
  });

  it("take no baseline of memory that is another engine's", async () => {
    used = new Map([['GPU-0', { name: 'other.engine', pid: 7 }]]);
    memory.set('GPU-0', 900);
    const accelerators = await host();
    used = new Map();
    memory.set('GPU-0', 10);
    expect(await prepare(accelerators)).toEqual({});
    memory.set('GPU-0', 900);
    expect(await accelerators.settle('0')).toMatchObject([{ reason: expect.stringContaining('10 MiB before') }]);
  });

  it('say that there are more places than devices', async () => {
    await host(3);
    expect(said).toEqual(['this machine has 2 accelerators: only as many of the 3 places are offered']);
  });

  it('stop waiting when they are told to', async () => {
    const accelerators = await host();
    memory.set('GPU-0', 900);
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('cancelled')), 20);
    await expect(accelerators.settle('0', controller.signal)).rejects.toThrow('cancelled');
  });
});

describe('the shares of the places', () => {
  const devices = Array.from({ length: 8 }, (_, index) => ({
    ...{ index, uuid: `GPU-${index}`, usedMiB: 0, totalMiB: 1000 },
  }));
  const indexes = (shares: readonly (readonly Device[])[]): number[][] =>
    shares.map((share) => share.map(({ index }) => index));

  it('are disjoint, of neighbours, and use every device', () => {
    expect(indexes(shareOut(devices, 1))).toEqual([[0, 1, 2, 3, 4, 5, 6, 7]]);
    expect(indexes(shareOut(devices, 3))).toEqual([
      [0, 1],
      [2, 3, 4],
      [5, 6, 7],
    ]);
    expect(indexes(shareOut(devices.slice(0, 2), 5))).toEqual([[0], [1]]);
    expect(shareOut([], 2)).toEqual([]);
  });

  it('are made of what the worker itself was given', () => {
    expect(indexes([visibleDevices(devices, '3, GPU-1,99,MIG-x')])).toEqual([[3, 1]]);
    expect(visibleDevices(devices, undefined)).toHaveLength(8);
    expect(visibleDevices(devices, '')).toEqual([]);
  });
});
