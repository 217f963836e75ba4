import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectMeasuredOnce } from '../support/expect-measured-once.js';
import { ended, kill, World } from '../support/world.js';

let world: World;
let server: ChildProcess;
let worker: ChildProcess;

beforeAll(async () => {
  world = await World.create();
  server = await world.startServer();
  worker = await world.startWorker();
});
afterAll(() => world?.close());

describe('a tune survives', () => {
  it('kill -9 of the worker during a benchmark: the same benchmark is picked up', async () => {
    const tune = await world.startTune(await world.task('worker-dies', { stub: { seconds: 4 } }));
    await world.untilPhase(tune, 'benchmarking');
    const [before] = await world.until(async () => {
      const pids = await world.processes('worker-dies-exp1');
      return pids.length >= 4 ? [pids] : null;
    }, 'engine and benchmark with their launchers');
    kill(worker.pid ?? 0, 'SIGKILL');
    await ended(worker);
    expect(await world.processes('worker-dies-exp1')).toEqual(before);
    worker = await world.startWorker();
    await tune.result();
    await expectMeasuredOnce(world, 'worker-dies', 2);
  });

  it('kill -9 of the worker in one step of an experiment after the other: none is repeated', async () => {
    const path = await world.task('step-dies', {
      ...{ stub: { seconds: 2 }, parameters: { depth: { type: 'choice', values: [1] } } },
      benchmark: {
        ...{ model_name: 'm', model_tokenizer: 'tok', warmup_requests: 2 },
        ...{ additional_params: { stub: { seconds: 2 } }, repeats: 3 },
      },
    });
    const tune = await world.startTune(path);
    const begun = async (): Promise<[string, number][]> =>
      Object.entries(await world.benchmarkStarts()).filter(([folder]) => folder.includes('/step-dies/'));
    for (const step of [1, 2]) {
      await world.until(async () => (await begun()).length === step, `step ${step} has begun`);
      const before = await world.processes('step-dies-exp1');
      kill(worker.pid ?? 0, 'SIGKILL');
      await ended(worker);
      expect(await world.processes('step-dies-exp1')).toEqual(before);
      worker = await world.startWorker();
    }
    await tune.result();
    expect((await begun()).map(([, count]) => count)).toEqual([1, 1, 1]);
    const [result] = (await world.results('step-dies')).all_results;
    expect(result).toMatchObject({ status: 'success', loads: [{ repeats: { count: 3 } }] });
    expect(await world.processes('step-dies')).toEqual([]);
  });

  it('kill -9 of the Temporal server, which is started again on the same database', async () => {
    const tune = await world.startTune(await world.task('server-dies', { stub: { seconds: 4 } }));
    await world.untilPhase(tune, 'benchmarking');
    const [pid] = await world.processes('temporal.');
    kill(pid ?? 0, 'SIGKILL');
    await world.until(async () => tune.describe().catch(() => null), 'the server answers again');
    await tune.result();
    await expectMeasuredOnce(world, 'server-dies', 2);
  });

  it('kill -9 of everything: server, its supervisor and worker', async () => {
    const tune = await world.startTune(await world.task('all-die', { stub: { seconds: 3 } }));
    await world.untilPhase(tune, 'benchmarking');
    const [temporal] = await world.processes('temporal.');
    for (const pid of [server.pid, worker.pid]) kill(pid ?? 0, 'SIGKILL');
    await Promise.all([ended(server), ended(worker)]);
    // The orphaned server still holds the database and the port.
    expect(await world.processes('temporal.')).toEqual([temporal]);
    server = await world.startServer();
    expect(await world.processes('temporal.')).not.toContain(temporal);
    worker = await world.startWorker();
    await tune.result();
    await expectMeasuredOnce(world, 'all-die', 2);
  });
});
