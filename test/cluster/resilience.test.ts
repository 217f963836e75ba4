/** Whatever dies between Temporal, the worker and the cluster: the tune ends well, nothing is measured twice, nothing stays. */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Phase } from '../../src/domain/tuning/experiment.js';
import { expectMeasuredOnce } from '../support/expect-measured-once.js';
import { ended, kill } from '../support/world.js';
import { direct, leftovers, omeTask, startClusterWorld, stopClusterWorld, type ClusterWorld } from './cluster-world.js';
import { ENGINE_IMAGE } from './ome-resources.js';
import { expiredWatch, gone, tooManyRequests } from './rig/api-proxy.js';
import type { ImageProgram } from './rig/pods/image-program.js';
import { NAMESPACE, SERVICES } from './support.js';

const PHASES: Phase[] = ['deploying', 'starting', 'warming-up', 'benchmarking', 'tearing-down'];
/** Slow enough that each phase can be hit. */
const SLOW = ['--ready-after', '1500', '--slow', '400', '--slow-exit', '1500'];
const WATCHES = /[?&]watch=true/;

let running: ClusterWorld;
let worker: ChildProcess;
beforeAll(async () => {
  running = await startClusterWorld();
  const engine = running.rig.images[ENGINE_IMAGE] as ImageProgram;
  running.rig.images[ENGINE_IMAGE] = async (container) => {
    const program = await engine(container);
    return { ...program, command: [...program.command, ...SLOW] };
  };
  worker = running.world.worker;
});
afterEach(async () => {
  expect(await leftovers(running)).toEqual([]);
});
afterAll(() => stopClusterWorld(running));

/** As many combinations as there are phases, each long enough. */
async function startDirect(name: string): Promise<Awaited<ReturnType<ClusterWorld['world']['startTune']>>> {
  const { world } = running;
  const path = await omeTask(world, name, {
    parameters: { depth: { type: 'int', min: 1, max: PHASES.length } },
    benchmark: direct({ seconds: 1.5 }),
  });
  return world.startTune(path);
}

describe('a tune in the cluster survives', () => {
  it('kill -9 of its worker in every phase', async () => {
    const { world } = running;
    const tune = await startDirect('worker-dies');
    for (const [i, phase] of PHASES.entries()) {
      await world.untilPhase(tune, phase, i + 1);
      kill(worker.pid ?? 0, 'SIGKILL');
      await ended(worker);
      worker = await world.startWorker();
    }
    await tune.result();
    await expectMeasuredOnce(world, 'worker-dies', PHASES.length);
  }, 600_000);

  it('kill -9 of the API server in every phase', async () => {
    const { world, rig } = running;
    const tune = await startDirect('api-dies');
    for (const [i, phase] of PHASES.entries()) {
      // Kubernetes' own garbage collector needs up to a minute to find its server again.
      await world.untilPhase(tune, phase, i + 1, 240_000);
      await rig.killApiServer();
      await sleep(1000);
      await rig.startApiServer();
    }
    await tune.result();
    await expectMeasuredOnce(world, 'api-dies', PHASES.length);
  }, 900_000);

  it('dropped watches, 410 Gone and 429 while it waits', async () => {
    const { world, proxy } = running;
    const tune = await startDirect('watches');
    proxy.answerOnce(new RegExp(`GET ${SERVICES}`), tooManyRequests(1));
    for (const answer of [gone(), expiredWatch()]) proxy.answerOnce(WATCHES, answer);
    let dropped = 0;
    for (let i = 1; i <= PHASES.length; i++) {
      await world.untilPhase(tune, 'starting', i);
      dropped += await world.until(() => Promise.resolve(proxy.dropConnections(WATCHES)), 'there are watches');
      if (i % 2 === 0) proxy.answerOnce(WATCHES, gone());
    }
    expect(dropped).toBeGreaterThanOrEqual(PHASES.length);
    await tune.result();
    await expectMeasuredOnce(world, 'watches', PHASES.length);
  });

  it('kill -9 of its worker while a BenchmarkJob runs: the same job is awaited', async () => {
    const { world, rig } = running;
    const tune = await world.startTune(await omeTask(world, 'job-goes-on', { stub: { seconds: 1 } }));
    await world.untilPhase(tune, 'benchmarking');
    kill(worker.pid ?? 0, 'SIGKILL');
    await ended(worker);
    const before = await rig.kubectl(
      '-n',
      NAMESPACE,
      'get',
      'benchmarkjobs',
      '-o',
      'jsonpath={.items[*].metadata.uid}'
    );
    worker = await world.startWorker();
    const after = await world.until(
      () => rig.kubectl('-n', NAMESPACE, 'get', 'benchmarkjobs', '-o', 'jsonpath={.items[*].metadata.uid}'),
      'a job is there'
    );
    if (before !== '') expect(after).toBe(before);
    await tune.result();
    expect((await world.results('job-goes-on')).all_results.map(({ status }) => status)).toEqual([
      'success',
      'success',
    ]);
  });
});
