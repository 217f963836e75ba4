/** The next experiment starts on an accelerator whose memory is back, and not before; with a stand-in for nvidia-smi. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectMeasuredOnce } from '../support/expect-measured-once.js';
import { ended, kill, World } from '../support/world.js';

/** Others on this machine may run the same tests. */
const RUN = randomUUID().slice(0, 8);
const uuidOf = (index: number): string => `GPU-${RUN}-${index}`;
const device = (index: number): object => ({ index, uuid: uuidOf(index), used: 3, total: 1000 });

let dir: string;
let worlds: Record<'one' | 'two' | 'patient', World>;
/** While it is there, the first device has 900 MiB more in use. */
let held: string;

async function worldWith(devices: object[], seconds = 2): Promise<World> {
  const file = join(dir, `${devices.length}-${seconds}.json`);
  await writeFile(file, JSON.stringify({ devices, held, apps: [{ pid: 4242, uuid: uuidOf(0) }] }));
  return World.running({
    NVIDIA_SMI_PATH: resolve('test/support/stubs/stub-nvidia-smi.mjs'),
    STUB_NVIDIA_SMI: file,
    AUTOTUNER_DEVICE_WAIT: `${seconds}`,
  });
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'smi-'));
  held = join(dir, 'held');
  const one = [device(0)];
  worlds = {
    one: await worldWith(one),
    two: await worldWith([...one, device(1)]),
    patient: await worldWith(one, 60),
  };
});
afterAll(async () => {
  await Promise.all(Object.values(worlds ?? {}).map((world) => world.close()));
  await rm(dir, { recursive: true, force: true });
});

const hold = (): Promise<void> => writeFile(held, '');
const letGo = (): Promise<void> => rm(held, { force: true });
const REASON = /903 MiB in use, 3 MiB before any engine; waited 2 s; held by process 4242/;

/** What the engine of a running experiment was given. */
async function visibleDevices(world: World, name: string): Promise<string | null> {
  const [pid] = await world.processes(`${name}-exp2`);
  const environment = (await readFile(`/proc/${pid}/environ`, 'utf8')).split('\0');
  return environment.find((item) => item.startsWith('CUDA_VISIBLE_DEVICES='))?.split('=')[1] ?? null;
}

describe('an accelerator', () => {
  it('that gives its memory back late is waited for', async () => {
    const world = worlds.one;
    const go = join(world.dir, 'go-late');
    const tune = await world.startTune(await world.task('late', { stub: { until: go } }));
    await world.untilPhase(tune, 'benchmarking');
    await hold();
    await writeFile(go, '');
    await world.untilPhase(tune, 'tearing-down');
    await sleep(1000);
    expect((await tune.look()).running).toMatchObject([{ experimentId: 1, phase: 'tearing-down' }]);
    await letGo();
    await tune.result();
    await expectMeasuredOnce(world, 'late', 2);
    expect((await world.results('late')).all_results.flatMap((result) => result.leaks)).toEqual([]);
  });

  it('is waited for by the next worker when this one is told to stop', async () => {
    const world = worlds.patient;
    const go = join(world.dir, 'go');
    const tune = await world.startTune(await world.task('handed-over', { stub: { until: go } }));
    await world.untilPhase(tune, 'benchmarking');
    await hold();
    await writeFile(go, '');
    await world.untilPhase(tune, 'tearing-down');
    await sleep(1000);
    const asked = Date.now();
    kill(world.worker.pid ?? 0, 'SIGTERM');
    expect(await ended(world.worker)).toBe(0);
    expect(Date.now() - asked).toBeLessThan(15_000);
    await world.startWorker();
    await sleep(1000);
    expect((await tune.look()).running).toMatchObject([{ experimentId: 1, phase: 'tearing-down' }]);
    await letGo();
    await tune.result();
    await expectMeasuredOnce(world, 'handed-over', 2);
  });

  it('that does not is set aside, reported, left out of the next engine, and taken back', async () => {
    const world = worlds.two;
    const go = join(world.dir, 'go-never');
    const tune = await world.startTune(await world.task('never', { stub: { until: go } }));
    await world.untilPhase(tune, 'benchmarking');
    await hold();
    await writeFile(go, '');
    await world.untilPhase(tune, 'tearing-down');
    await rm(go);
    await world.untilPhase(tune, 'benchmarking', 2);
    expect(await visibleDevices(world, 'never')).toBe(uuidOf(1));
    expect((await world.cli('doctor')).stdout).toMatch(
      /warning +accelerators +2 by nvidia-smi; 0 is set aside: 903 MiB/
    );
    expect((await world.cli('status', 'never')).stdout).toMatch(
      /leaked +\[1\] accelerator 0 \(GPU-\w+-0\): 903 MiB in use/
    );
    await writeFile(go, '');
    await tune.result();
    await expectMeasuredOnce(world, 'never', 2);
    const [first, second] = (await world.results('never')).all_results;
    expect(first?.leaks).toMatchObject([
      { kind: 'accelerator', name: `0 (${uuidOf(0)})`, reason: expect.stringMatching(REASON) },
    ]);
    expect(second?.leaks).toEqual([]);
    await letGo();
    await world.until(
      async () => /ok +accelerators +2 by nvidia-smi\n/.test((await world.cli('doctor')).stdout),
      'it is taken back'
    );
  });

  it('that is the only one makes the tune wait, which says why, until it is clear again', async () => {
    const world = worlds.one;
    await hold();
    const tune = await world.startTune(await world.task('waiting'));
    const waiting = await world.until(async () => {
      const { running } = await tune.look();
      return running[0]?.phase === 'queued' && running[0].detail !== '' && running[0];
    }, 'it waits');
    expect(waiting.detail).toMatch(REASON);
    expect((await world.cli('status', 'waiting')).stdout).toMatch(
      /running +\[1\] depth=1: queued, accelerator 0 \(GPU-\w+-0\)/
    );
    await letGo();
    await tune.result();
    await expectMeasuredOnce(world, 'waiting', 2);
  });
});
