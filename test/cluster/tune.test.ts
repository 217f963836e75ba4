/** Tunes on the real API server, in both ways to make the load. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { leftovers, omeTask, startClusterWorld, stopClusterWorld, type ClusterWorld } from './cluster-world.js';

let running: ClusterWorld;
beforeAll(async () => {
  running = await startClusterWorld();
});
afterAll(() => stopClusterWorld(running));

describe('a tune of engines that OME deploys', () => {
  it('measures through a port-forward, and leaves nothing', async () => {
    const { world } = running;
    const ran = await world.cli('run', await omeTask(world, 'direct'), '--direct');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('Best of 2');
    expect(await leftovers(running)).toEqual([]);
    expect(await world.processes('direct')).toEqual([]);
  });

  it('measures by a BenchmarkJob, whose files it reads back from the claim', async () => {
    const { world } = running;
    const ran = await world.cli('run', await omeTask(world, 'by-job'));
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('Best of 2');
    expect(await leftovers(running)).toEqual([]);
  });
});
