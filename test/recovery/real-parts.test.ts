/** What the stubs survive in the other files, with the real Temporal server, engine, model and load generator. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { REAL_TOOLS, writeRealTask } from '../support/real-task.js';
import { ended, kill, World } from '../support/world.js';

let world: World;
let task: string;

beforeAll(async () => {
  world = await World.create(REAL_TOOLS);
  task = await writeRealTask(world, { values: [1] });
});
afterAll(() => world?.close());

describe('a real tune on this machine', () => {
  it('goes on where it was after kill -9 of everything but the engine', async () => {
    const running = await world.start(['run', task, '--dev'], '[1] parallel=1: benchmarking');
    kill(running.pid ?? 0, 'SIGKILL');
    await ended(running);
    const ran = await world.cli('run', task, '--dev');
    expect(ran.stdout).toContain('tune/small was interrupted: going on where it was');
    expect(ran.code).toBe(0);
    expect((await world.results('small')).all_results.map((result) => result.status)).toEqual(['success']);
    expect(await world.processes()).toEqual([]);
  });
});
