/** The real application against a real API server: Temporal, worker, CLI; engines and load generators as processes behind pods. */
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { TaskFile } from '../../src/domain/task/task.schema.js';
import { World } from '../support/world.js';
import { BENCHMARK_IMAGE } from './ome-stand-in/benchmark-pod.js';
import { createModelAndRuntime, ENGINE_IMAGE, MODEL, RUNTIME } from './ome-resources.js';
import { NODE, Rig, type RigOptions } from './rig/rig.js';
import { STUB_IMAGES } from './rig/stub-images.js';
import { NAMESPACE } from './support.js';

/** What reads result files from a claim: a pod that sleeps, into which `tar` is run. */
const READER_IMAGE = 'docker.io/library/busybox:1.37.0';
export const CLAIM = 'benchmark-results-pvc';

export interface ClusterWorld {
  readonly rig: Rig;
  readonly world: World;
  /** Everything of the application goes to the API server through it. */
  readonly proxy: Awaited<ReturnType<Rig['proxy']>>;
}

/** A cluster with a model, a runtime whose engine is the stub, and a claim for result files. */
export async function startRig(options: Partial<RigOptions> = {}): Promise<Rig> {
  const stubEngine = STUB_IMAGES['stub-engine:1'];
  const stubBenchmark = STUB_IMAGES[BENCHMARK_IMAGE];
  if (!stubEngine || !stubBenchmark) throw new Error('the stub images are missing');
  const rig = await Rig.up({
    ...options,
    images: {
      [ENGINE_IMAGE]: stubEngine,
      [BENCHMARK_IMAGE]: stubBenchmark,
      [READER_IMAGE]: () => ({ command: ['sleep', '1800'] }),
      ...options.images,
    },
  });
  try {
    await createModelAndRuntime(rig.api, NODE, resolve('test/fixtures'));
    await rig.api.create(`/api/v1/namespaces/${NAMESPACE}/persistentvolumeclaims`, {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: CLAIM },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    });
    return rig;
  } catch (error) {
    await rig.down();
    throw error;
  }
}

/** @param variables added to the environment of everything of the application. */
export async function startClusterWorld(
  options: Partial<RigOptions> = {},
  variables: NodeJS.ProcessEnv = {}
): Promise<ClusterWorld> {
  const rig = await startRig(options);
  try {
    const proxy = await rig.proxy();
    const world = await World.running({ KUBECONFIG: proxy.kubeconfig, AUTOTUNER_NAMESPACES: NAMESPACE, ...variables });
    return { rig, world, proxy };
  } catch (error) {
    await rig.down();
    throw error;
  }
}

/** A task of two combinations for the stub engine in the cluster. @returns the file's path. */
export async function omeTask(
  world: World,
  name: string,
  more: Partial<TaskFile> & { stub?: object } = {}
): Promise<string> {
  const { engine = 'sglang', ...rest } = more;
  const path = await world.task(name, {
    backend: 'ome',
    base_runtime: RUNTIME,
    model: { name: MODEL, namespace: NAMESPACE },
    parameters: { depth: { type: 'choice', values: [1, 2] } },
    ...rest,
  });
  const file = JSON.parse(await readFile(path, 'utf8')) as TaskFile;
  await writeFile(path, JSON.stringify({ ...file, engine }));
  return path;
}

/** The benchmark of a task whose load is made on the worker's host, by the stub. */
export function direct(stub: object): TaskFile['benchmark'] {
  return {
    model_name: 'm',
    model_tokenizer: 'tok',
    runner: 'genai-bench',
    warmup_requests: 2,
    additional_params: { stub },
  };
}

/** Everything of ours in the namespace, as `kind/name`. */
export async function leftovers({ rig }: Pick<ClusterWorld, 'rig'>): Promise<string[]> {
  const kinds = 'inferenceservices,benchmarkjobs,leases,deployments,jobs,pods,services';
  const listed = await rig.kubectl('-n', NAMESPACE, 'get', kinds, '-o', 'name');
  return listed.split('\n').filter((line) => line !== '' && line !== 'service/kubernetes');
}

export async function stopClusterWorld(running: ClusterWorld | undefined): Promise<void> {
  await running?.world.close();
  await running?.rig.down();
}
