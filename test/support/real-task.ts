/** A task of a minute with the real engine, model and load generator. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TaskFile } from '../../src/domain/task/task.schema.js';
import type { World } from './world.js';

/** For a world without stubs. Empty is as good as absent: they give way to the installed tools. */
export const REAL_TOOLS = {
  GENAI_BENCH_PATH: process.env['GENAI_BENCH_PATH'] ?? '',
  AIPERF_PATH: process.env['AIPERF_PATH'] ?? '',
  AUTOTUNER_MODELS_DIR: '',
};

/** @param options.values how many requests at once the engine serves. @returns the file; the task's name is `small`. */
export async function writeRealTask(world: World, { values }: { values: readonly number[] }): Promise<string> {
  const file = JSON.parse(await readFile('examples/local_task.json', 'utf8')) as TaskFile;
  const task = join(world.dir, 'small.json');
  await writeFile(
    task,
    JSON.stringify({
      ...file,
      task_name: 'small',
      baseline: false,
      // A slow machine that does other work beside is to end each load by its requests, not by its time; two threads
      // that wait for each other by spinning would make that slower still.
      engine_args: { ...file.engine_args, threads: 1 },
      parameters: { parallel: { type: 'choice', values } },
      benchmark: {
        ...file.benchmark,
        traffic_scenarios: ['D(64,24)'],
        num_concurrency: [4],
        max_requests_per_iteration: 8,
        max_time_per_iteration: 10,
      },
    })
  );
  return task;
}
