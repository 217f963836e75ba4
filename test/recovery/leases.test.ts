/** Two workers on one machine, each with a state folder of its own, and two tunes at once: no accelerator is ever used twice. */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ended, kill, World } from '../support/world.js';

/** Others on this machine may run the same tests. */
const RUN = randomUUID().slice(0, 8);
const DEVICES = [0, 1].map((index) => `GPU-${RUN}-${index}`);

let world: World;
let witness: string;

beforeAll(async () => {
  world = await World.create({
    NVIDIA_SMI_PATH: resolve('test/support/stubs/stub-nvidia-smi.mjs'),
    AUTOTUNER_PLACES: '2',
  });
  witness = join(world.dir, 'witness');
  await mkdir(witness);
  // Their memory always looks free: only the lease keeps two engines apart.
  const devices = DEVICES.map((uuid, index) => ({ index, uuid, used: 3, total: 1000 }));
  await writeFile(join(world.dir, 'smi.json'), JSON.stringify({ devices }));
  await world.startServer();
});
afterAll(() => world?.close());

const worker = (state: string): ReturnType<World['start']> =>
  world.start(['worker'], 'serving', {
    STUB_NVIDIA_SMI: join(world.dir, 'smi.json'),
    AUTOTUNER_STATE_DIR: join(world.dir, state),
    AUTOTUNER_ARTIFACTS_DIR: join(world.dir, 'artifacts'),
  });

const task = (name: string): Promise<string> =>
  world.task(name, {
    engine: ['--witness', witness],
    parameters: { depth: { type: 'int', min: 1, max: 4 } },
    optimization: { strategy: 'grid_search', parallelism: 2 },
    timeouts: { deploy: 240 },
  });

describe('the accelerators of a machine', () => {
  it('are leased across tunes and workers, also when a worker dies', async () => {
    const [first] = await Promise.all([worker('state'), worker('state-two')]);
    const tunes = [await world.startTune(await task('one')), await world.startTune(await task('two'))];
    for (const tune of tunes)
      await world.until(async () => (await tune.look()).progress?.state.counts.succeeded, `${tune.workflowId} goes on`);
    // What it has started keeps its accelerator.
    kill(first.pid ?? 0, 'SIGKILL');
    await ended(first);
    await worker('state');
    for (const tune of tunes)
      expect(await tune.result()).toMatchObject({ totalExperiments: 4, successfulExperiments: 4 });

    const used = (await readFile(join(witness, 'used'), 'utf8')).trim().split('\n');
    expect(used.length).toBeGreaterThanOrEqual(8);
    expect(new Set(used.map((line) => line.split(' ')[1]))).toEqual(new Set(DEVICES));
    expect(await readFile(join(witness, 'shared'), 'utf8').catch(() => 'none')).toBe('none');
  }, 180_000);
});
