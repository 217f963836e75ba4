import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Phase } from '../../src/domain/tuning/experiment.js';
import { expectMeasuredOnce } from '../support/expect-measured-once.js';
import { ended, kill, World } from '../support/world.js';

let world: World;
let worker: ChildProcess;

beforeAll(async () => {
  world = await World.create();
  await world.startServer();
  worker = await world.startWorker();
});
afterAll(() => world?.close());

describe('a worker hands over', () => {
  it('on SIGTERM in every phase', async () => {
    const phases: Phase[] = ['deploying', 'starting', 'warming-up', 'benchmarking', 'tearing-down'];
    const engine = ['--ready-after', '800', '--slow', '500', '--slow-exit', '800'];
    const path = await world.task('stops', {
      engine,
      stub: { seconds: 1 },
      parameters: { depth: { type: 'int', min: 1, max: phases.length } },
    });
    const tune = await world.startTune(path);
    for (const [i, phase] of phases.entries()) {
      await world.untilPhase(tune, phase, i + 1);
      kill(worker.pid ?? 0, 'SIGTERM');
      expect(await ended(worker)).toBe(0);
      worker = await world.startWorker();
    }
    await tune.result();
    await expectMeasuredOnce(world, 'stops', phases.length);
  });

  it('involuntarily, when its host is lost: another host takes a fresh attempt', async () => {
    const ids = ['a', 'b'] as const;
    kill(worker.pid ?? 0, 'SIGTERM');
    await ended(worker);
    worker = await world.startWorker('--roles', 'control');
    const host = (id: string): Promise<ChildProcess> =>
      world.start(['worker', '--roles', 'host'], 'serving', {
        AUTOTUNER_STATE_DIR: `${world.dir}/state-${id}`,
        AUTOTUNER_HOST_ID: id,
      });
    const hosts = { a: await host('a'), b: await host('b') };
    const tune = await world.startTune(
      await world.task('host-lost', {
        stub: { seconds: 3 },
        parameters: {},
        timeouts: { host_lost: 3 },
      })
    );
    await world.untilPhase(tune, 'benchmarking');
    const [first] = await world.until(async () => {
      const pids = await Promise.all(ids.map((id) => world.processes('host-lost-exp1', `state-${id}`)));
      const lost = ids.find((_, i) => (pids[i]?.length ?? 0) > 0);
      return lost ? [lost] : null;
    }, 'the engine is on one host');
    kill(hosts[first].pid ?? 0, 'SIGKILL');
    await tune.result();
    const [result] = (await world.results('host-lost')).all_results;
    expect(result).toMatchObject({ status: 'success' });
    // What the lost host still holds is taken down when it comes back.
    expect(await world.processes('host-lost-exp1', `state-${first}`)).not.toHaveLength(0);
    await world.age(`state-${first}`);
    hosts[first] = await host(first);
    await world.until(async () => (await world.processes('host-lost-exp1')).length === 0, 'the lost host is clean');
    for (const id of ids) kill(hosts[id].pid ?? 0, 'SIGTERM');
    await Promise.all(ids.map((id) => ended(hosts[id])));
    kill(worker.pid ?? 0, 'SIGTERM');
    await ended(worker);
    worker = await world.startWorker();
  });

  it('to a second one on the same host, which stands by', async () => {
    const second = await world.start(['worker', '--roles', 'host'], 'another worker serves');
    const tune = await world.startTune(await world.task('takes-over', { stub: { seconds: 3 } }));
    await world.untilPhase(tune, 'starting');
    kill(worker.pid ?? 0, 'SIGTERM');
    expect(await ended(worker)).toBe(0);
    worker = await world.startWorker('--roles', 'control');
    await tune.result();
    await expectMeasuredOnce(world, 'takes-over', 2);
    kill(second.pid ?? 0, 'SIGTERM');
    expect(await ended(second)).toBe(0);
  });
});
