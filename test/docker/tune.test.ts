/** The local example on a real daemon: Temporal, worker, engine, model and load generator are real, and all of them may die. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import type { TaskFile } from '../../src/domain/task/task.schema.js';
import { REAL_TOOLS } from '../support/real-task.js';
import { ended, kill, World } from '../support/world.js';
import { containers, engineProcess, engineProcesses, networks } from './support.js';

let world: World;
let worker: Awaited<ReturnType<World['startWorker']>>;

beforeAll(async () => {
  world = await World.create({ ...REAL_TOOLS, AUTOTUNER_DOCKER_IMAGES: 'inference-autotuner/local-engine' });
  await world.startServer();
  worker = await world.startWorker();
});
afterEach(async () => {
  expect(await containers()).toEqual([]);
  expect(await engineProcesses('')).toEqual([]);
});
afterAll(async () => {
  await world?.close();
  expect(await networks()).toEqual([]);
});

/** The example, smaller. @param seconds how long a load takes at least. */
async function writeTask(name: string, { parallel = [1], requests = 8 } = {}): Promise<string> {
  const file = parse(await readFile('examples/docker_local.yaml', 'utf8')) as TaskFile;
  const path = join(world.dir, `${name}.json`);
  const benchmark = {
    ...file.benchmark,
    ...{ traffic_scenarios: ['D(64,24)'], num_concurrency: [2] },
    ...{ max_requests_per_iteration: requests, max_time_per_iteration: 10 },
  };
  const parameters = { parallel: { type: 'choice', values: parallel } };
  const optimization = { ...file.optimization, timeout_per_iteration: 120 };
  await writeFile(
    path,
    JSON.stringify({ ...file, task_name: name, baseline: false, parameters, optimization, benchmark })
  );
  return path;
}

describe('the local example in containers', () => {
  it('is tuned with the real genai-bench', async () => {
    const ran = await world.cli('run', await writeTask('docker-tune', { parallel: [1, 2] }));
    expect(ran.stderr).toBe('');
    expect(ran.code).toBe(0);
    const results = await world.results('docker-tune');
    expect(results.all_results.map(({ status }) => status)).toEqual(['success', 'success']);
    expect(results.all_results[0]?.provenance?.engine_version).toMatch(/^inference-autotuner\/local-engine:1 sha256:/);
  });

  it('goes on where it was after kill -9 of the worker, in the same container', async () => {
    const tune = await world.startTune(await writeTask('docker-worker-dies'));
    await world.untilPhase(tune, 'benchmarking', 1, 200_000);
    const engine = await engineProcess('docker-worker-dies');
    kill(worker.pid ?? 0, 'SIGKILL');
    await ended(worker);
    expect(await engineProcess('docker-worker-dies')).toBe(engine);
    worker = await world.startWorker();
    expect(await tune.result()).toMatchObject({ successfulExperiments: 1, totalExperiments: 1 });
    const [result] = (await world.results('docker-worker-dies')).all_results;
    expect(result).toMatchObject({ status: 'success' });
  });

  it('records kill -9 of an engine under load, and measures the next one', async () => {
    const tune = await world.startTune(await writeTask('docker-engine-dies', { parallel: [1, 2], requests: 40 }));
    await world.untilPhase(tune, 'benchmarking', 1, 200_000);
    kill(await engineProcess('docker-engine-dies-exp1'), 'SIGKILL');
    expect(await tune.result()).toMatchObject({ successfulExperiments: 1, totalExperiments: 2 });
    const [first] = (await world.results('docker-engine-dies')).all_results;
    // Nobody but the kernel ends an engine in this way, as far as one can see.
    expect(first?.failure).toMatchObject({ code: 'OUT_OF_MEMORY_UNDER_LOAD' });
  });

  it('leaves to the reaper what is terminated', async () => {
    const tune = await world.startTune(await writeTask('docker-terminated'));
    await world.untilPhase(tune, 'benchmarking', 1, 200_000);
    kill(worker.pid ?? 0, 'SIGKILL');
    await ended(worker);
    for (const id of [tune.workflowId, `${tune.workflowId}/1`])
      expect((await world.temporal('workflow', 'terminate', '--workflow-id', id)).code).toBe(0);
    expect(await containers()).toHaveLength(1);
    // What is younger than a minute is spared.
    await world.until(
      async () => {
        await world.age();
        await world.cli('gc');
        return (await containers()).length === 0;
      },
      'the container is taken down',
      150_000
    );
  });
});
