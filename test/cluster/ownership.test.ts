/** Whose an object is decides what happens to it: adopted, refused, taken down, reported, or left alone. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { kill, ended } from '../support/world.js';
import { direct, leftovers, omeTask, startClusterWorld, stopClusterWorld, type ClusterWorld } from './cluster-world.js';
import { inferenceService } from './ome-resources.js';
import { NAMESPACE, SERVICES } from './support.js';

const LEASES = `/apis/coordination.k8s.io/v1/namespaces/${NAMESPACE}/leases`;
const ONE = { parameters: { depth: { type: 'choice' as const, values: [1] } } };

let running: ClusterWorld;
beforeAll(async () => {
  running = await startClusterWorld();
});
afterAll(() => stopClusterWorld(running));

/** The names of our InferenceServices. */
async function services(): Promise<string[]> {
  const { items } = await running.rig.api.get<{ items: { metadata: { name: string } }[] }>(SERVICES);
  return items.map(({ metadata }) => metadata.name);
}

/** Makes the leases look as if nobody had renewed them for an hour. */
async function expire(): Promise<void> {
  const { api } = running.rig;
  const { items } = await api.get<{ items: { metadata: { name: string } }[] }>(LEASES);
  const renewTime = new Date(Date.now() - 3_600_000).toISOString().replace('Z', '000Z');
  for (const { metadata } of items) await api.patch(`${LEASES}/${metadata.name}`, { spec: { renewTime } });
}

describe('what the tuner does not own', () => {
  it('is neither adopted nor touched', async () => {
    const { world, rig } = running;
    await rig.api.create(SERVICES, inferenceService('decoy'));
    const ran = await world.cli('run', await omeTask(world, 'decoy', ONE), '--direct');
    expect(ran.code).toBe(0);
    await expire();
    await world.cli('gc');
    expect(await services()).toEqual(['decoy']);
    await rig.api.remove(`${SERVICES}/decoy`);
    await world.until(async () => (await services()).length === 0, 'the decoy is gone');
  });
});

describe('what a terminated experiment left', () => {
  it('is taken down by gc once its lease has run out, and not before', async () => {
    const { world } = running;
    const tune = await world.startTune(await omeTask(world, 'orphan', { ...ONE, stub: { seconds: 600 } }));
    await world.untilPhase(tune, 'benchmarking');
    const { worker } = world;
    // Nobody renews the lease any more.
    kill(worker.pid ?? 0, 'SIGTERM');
    await ended(worker);
    await world.temporal('workflow', 'terminate', '--workflow-id', 'tune/orphan/1');
    await world.temporal('workflow', 'terminate', '--workflow-id', 'tune/orphan');
    await world.age();
    expect((await world.cli('gc')).stdout).not.toContain('InferenceService');
    expect(await services()).toHaveLength(1);
    await expire();
    const dry = (await world.cli('gc', '--dry-run')).stdout;
    expect(dry).toMatch(/would remove InferenceService orphan-exp1/);
    expect(await services()).toHaveLength(1);
    const { stdout } = await world.cli('gc');
    expect(stdout).toMatch(/removed InferenceService orphan-exp1-\w+: its experiment tune\/orphan\/1 is over/);
    expect(await leftovers(running)).toEqual([]);
    expect(await world.processes('orphan')).toEqual([]);
    await world.startWorker();
  });
});

describe('a finalizer that nobody removes', () => {
  it('is reported as LEAKED with the command to look at it, and the tune goes on', async () => {
    const { world, rig } = running;
    const path = await omeTask(world, 'stuck', {
      benchmark: direct({ seconds: 3 }),
    });
    const tune = await world.startTune(path);
    await world.untilPhase(tune, 'benchmarking', 2, 120_000);
    await rig.ome.stop();
    await tune.result();
    const results = await world.results('stuck');
    expect(results.all_results.map(({ status }) => status)).toEqual(['success', 'success']);
    const [leak] = results.all_results[1]?.leaks ?? [];
    expect(leak).toMatchObject({ kind: 'InferenceService' });
    expect(leak?.reason).toContain('inferenceservice.finalizers');
    const [, ...command] = (leak?.command ?? '').split(' ');
    expect(await rig.kubectl(...command)).toContain('deletionTimestamp');
    expect((await world.cli('results', 'stuck')).stdout).toContain('LEAKED InferenceService stuck-exp2');
    await rig.ome.start();
    await world.until(async () => (await services()).length === 0, 'its controller lets it go');
    await expire();
    await world.cli('gc');
    expect(await leftovers(running)).toEqual([]);
  }, 400_000);
});
