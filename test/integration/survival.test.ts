import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect, Tunes, type Tune } from '../../src/client/index.js';
import type { Phase } from '../../src/domain/experiment.js';
import { loadTaskFile } from '../../src/platform/task-file.js';
import { ended, kill, World } from '../support/world.js';

let world: World;
let server: ChildProcess;
let worker: ChildProcess;
let tunes: Tunes;

beforeAll(async () => {
  world = await World.create();
  server = await world.startServer();
  worker = await world.startWorker();
  tunes = new Tunes(await connect({ address: `127.0.0.1:${world.port}` }));
});
afterAll(async () => {
  await tunes?.client.connection.close();
  await world?.close();
});

const start = async (path: string): Promise<Tune> => tunes.start((await loadTaskFile(path)).file);

async function untilPhase(tune: Tune, phase: Phase, experimentId = 1): Promise<void> {
  await world.until(async () => {
    const progress = await tune.progress().catch(() => null);
    return progress?.state.running.some((item) => item.experimentId === experimentId && item.phase === phase);
  }, `experiment ${experimentId} is ${phase}`);
}

/** Every experiment succeeded, was benchmarked by one start of the tool, and left nothing. */
async function expectMeasuredOnce(name: string, experiments: number): Promise<void> {
  const results = await world.results(name);
  expect(results.all_results.map((result) => [result.experiment_id, result.status])).toEqual(
    Array.from({ length: experiments }, (_, i) => [i + 1, 'success'])
  );
  expect(results.best_result).not.toBeNull();
  const starts = Object.entries(await world.benchmarkStarts()).filter(([folder]) => folder.includes(`/${name}/`));
  expect(starts.map(([, count]) => count)).toEqual(Array(experiments).fill(1));
  expect(await world.processes(name)).toEqual([]);
}

describe('a tune survives', () => {
  it('kill -9 of the worker during a benchmark: the same benchmark is picked up', async () => {
    const tune = await start(await world.task('worker-dies', { stub: { seconds: 4 } }));
    await untilPhase(tune, 'benchmarking');
    const [before] = await world.until(async () => {
      const pids = await world.processes('worker-dies-exp1');
      return pids.length >= 4 ? [pids] : null;
    }, 'engine and benchmark with their launchers');
    kill(worker.pid ?? 0, 'SIGKILL');
    await ended(worker);
    expect(await world.processes('worker-dies-exp1')).toEqual(before);
    worker = await world.startWorker();
    await tune.result();
    await expectMeasuredOnce('worker-dies', 2);
  });

  it('kill -9 of the Temporal server, which is started again on the same database', async () => {
    const tune = await start(await world.task('server-dies', { stub: { seconds: 4 } }));
    await untilPhase(tune, 'benchmarking');
    const [pid] = await world.processes('temporal.');
    kill(pid ?? 0, 'SIGKILL');
    await world.until(async () => tune.describe().catch(() => null), 'the server answers again');
    await tune.result();
    await expectMeasuredOnce('server-dies', 2);
  });

  it('kill -9 of everything: server, its supervisor and worker', async () => {
    const tune = await start(await world.task('all-die', { stub: { seconds: 3 } }));
    await untilPhase(tune, 'benchmarking');
    const [temporal] = await world.processes('temporal.');
    for (const pid of [server.pid, worker.pid]) kill(pid ?? 0, 'SIGKILL');
    await Promise.all([ended(server), ended(worker)]);
    // The orphaned server still holds the database and the port.
    expect(await world.processes('temporal.')).toEqual([temporal]);
    server = await world.startServer();
    expect(await world.processes('temporal.')).not.toContain(temporal);
    worker = await world.startWorker();
    await tune.result();
    await expectMeasuredOnce('all-die', 2);
  });

  it('SIGTERM of the worker in every phase', async () => {
    const phases: Phase[] = ['deploying', 'starting', 'warming-up', 'benchmarking', 'tearing-down'];
    const engine = ['--ready-after', '800', '--slow', '500', '--slow-exit', '800'];
    const path = await world.task('stops', {
      engine,
      stub: { seconds: 1 },
      parameters: { depth: { type: 'int', min: 1, max: phases.length } },
    });
    const tune = await start(path);
    for (const [i, phase] of phases.entries()) {
      await untilPhase(tune, phase, i + 1);
      kill(worker.pid ?? 0, 'SIGTERM');
      expect(await ended(worker)).toBe(0);
      worker = await world.startWorker();
    }
    await tune.result();
    await expectMeasuredOnce('stops', phases.length);
  });

  it('the loss of a host for good: another one takes a fresh attempt', async () => {
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
    const tune = await start(
      await world.task('host-lost', {
        stub: { seconds: 3 },
        parameters: {},
        timeouts: { host_lost: 3 },
      })
    );
    await untilPhase(tune, 'benchmarking');
    const { detail } = (await tune.progress()).state.running[0] ?? {};
    const [first] = await world.until(async () => {
      const pids = await Promise.all(ids.map((id) => world.processes('host-lost-exp1', `state-${id}`)));
      const lost = ids.find((_, i) => (pids[i]?.length ?? 0) > 0);
      return lost ? [lost] : null;
    }, `the engine is on one host (${detail})`);
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

  it('a second worker on the same host stands by and takes over', async () => {
    const second = await world.start(['worker', '--roles', 'host'], 'another worker serves');
    const tune = await start(await world.task('takes-over', { stub: { seconds: 3 } }));
    await untilPhase(tune, 'starting');
    kill(worker.pid ?? 0, 'SIGTERM');
    expect(await ended(worker)).toBe(0);
    worker = await world.startWorker('--roles', 'control');
    await tune.result();
    await expectMeasuredOnce('takes-over', 2);
    kill(second.pid ?? 0, 'SIGTERM');
    expect(await ended(second)).toBe(0);
  });
});
