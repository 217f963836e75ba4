/** The prototype's simple task, as it is, with nothing but real parts behind the API server: a real engine, the real genai-bench. */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TaskFile } from '../../src/domain/task/task.schema.js';
import { resultsSchema } from '../../src/domain/results/tune-result.js';
import { embeddedEngine, findTool, readEnvironment } from '../../src/platform/environment.js';
import { leftovers, startClusterWorld, stopClusterWorld, type ClusterWorld } from './cluster-world.js';
import { model, runtime } from './ome-resources.js';
import { BENCHMARK_IMAGE } from './ome-stand-in/benchmark-pod.js';
import type { ImageProgram } from './rig/pods/image-program.js';
import { localArguments } from './rig/stub-images.js';
import { NAMESPACE, OME } from './support.js';
import { modelLabel } from './ome-stand-in/names.js';

const SGLANG_IMAGE = 'docker.io/lmsysorg/sglang:v0.5.2-cu126';
const MODEL_FOLDER = join(readEnvironment().modelsDir, 'smollm2-135m-instruct');

/** SGLang's arguments, served by the embedded engine: what it does not know is left out. */
const engine: ImageProgram = ({ args, freePort }) => {
  const value = (flag: string): string => args[args.indexOf(flag) + 1] ?? '';
  const own = ['--model', join(MODEL_FOLDER, 'model.gguf'), '--alias', value('--served-model-name')];
  const size = ['--ctx-size', '4096', '--parallel', '4', '--threads', value('--tp-size')];
  return {
    command: [...(embeddedEngine() ?? []), ...own, ...size, '--host', '127.0.0.1', '--port', `${freePort}`],
    port: freePort,
  };
};

const benchmark: ImageProgram = (container) => ({
  command: [findTool('genai-bench') ?? 'genai-bench', ...localArguments(container)],
  env: { HF_HUB_OFFLINE: '1', TOKENIZERS_PARALLELISM: 'false' },
});

let running: ClusterWorld;
let task: TaskFile;
beforeAll(async () => {
  running = await startClusterWorld(
    { images: { [SGLANG_IMAGE]: engine, [BENCHMARK_IMAGE]: benchmark } },
    { GENAI_BENCH_PATH: process.env['GENAI_BENCH_PATH'] ?? '', AUTOTUNER_MODELS_DIR: '' }
  );
  const { api } = running.rig;
  task = JSON.parse(await readFile(resolve('examples/simple_task.json'), 'utf8')) as TaskFile;
  const { name } = task.model;
  await api.create(`${OME}/clusterbasemodels`, model(name, MODEL_FOLDER));
  await running.rig.label({ [modelLabel(name)]: 'Ready' });
  const sglang = runtime(task.base_runtime ?? '') as { spec: { engineConfig: { runner: object } } };
  Object.assign(sglang.spec.engineConfig.runner, {
    image: SGLANG_IMAGE,
    command: ['python3', '-m', 'sglang.launch_server'],
    args: ['--host=0.0.0.0', '--port=8080', '--model-path=$(MODEL_PATH)', '--tp-size=1', '--enable-metrics'],
  });
  await api.create(`${OME}/clusterservingruntimes`, sglang);
});
afterAll(() => stopClusterWorld(running));

/** Its own parameters and loads; fewer requests, because two cores serve them. @returns the file's path. */
async function write(name: string): Promise<string> {
  const { world } = running;
  const path = join(world.dir, `${name}.json`);
  const file: TaskFile = {
    ...task,
    task_name: name,
    baseline: false,
    model: { ...task.model, namespace: NAMESPACE },
    benchmark: { ...task.benchmark, model_tokenizer: 'smollm2-135m-instruct', max_requests_per_iteration: 4 },
  };
  await writeFile(path, JSON.stringify(file));
  return path;
}

describe("the prototype's simple task", () => {
  it.each([
    ['by-port-forward', ['--direct']],
    ['by-benchmark-job', []],
  ])(
    '%s',
    async (name, flags) => {
      const { world } = running;
      const ran = await world.cli('run', await write(name), ...flags);
      console.log(ran.stdout);
      expect(ran).toMatchObject({ code: 0, stderr: '' });
      const results = resultsSchema.parse(await world.results(name));
      expect(results).toMatchObject({ task_name: name, total_experiments: 4, successful_experiments: 4 });
      for (const result of results.all_results) {
        expect(result.loads.map(({ concurrency, failed_requests }) => [concurrency, failed_requests])).toEqual([
          [1, 0],
          [4, 0],
        ]);
        expect(result.loads.every((load) => load.disturbances === undefined)).toBe(true);
        expect(result.provenance).toMatchObject({ engine: 'sglang', benchmark_version: '0.0.5' });
        expect(result.provenance?.command).toEqual(
          expect.arrayContaining(['--model-path=$(MODEL_PATH)', '--mem-fraction-static'])
        );
      }
      expect(results.best_result?.objective_score).toBeGreaterThan(0);
      expect(await leftovers(running)).toEqual([]);
      expect(await world.processes(name)).toEqual([]);
    },
    900_000
  );
});
