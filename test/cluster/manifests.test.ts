/** What the tuner writes passes the API server's own strict validation: for every example task, and for hostile values. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { readServingPlan } from '../../src/backends/ome/catalog.js';
import { BENCHMARK_JOB, INFERENCE_SERVICE } from '../../src/backends/ome/kinds.js';
import { inferenceServiceOf } from '../../src/backends/ome/manifest.js';
import type { Deployment } from '../../src/backends/types.js';
import { benchmarkJobOf } from '../../src/benchmarks/ome-benchmark-job/manifest.js';
import type { Combination } from '../../src/domain/space/combination.js';
import { loadsOf } from '../../src/domain/loads/load.js';
import { parseTask } from '../../src/domain/task/parse-task.js';
import { createSearchSpace } from '../../src/domain/space/search-space.js';
import type { TaskFile, TuningTask } from '../../src/domain/task/task.schema.js';
import { Cluster } from '../../src/platform/kubernetes/cluster.js';
import type { Manifest } from '../../src/platform/kubernetes/manifest.js';
import { HOSTILE_TEXTS } from '../support/hostile-text.js';
import { Rig } from './rig/rig.js';
import { NAMESPACE, OME } from './support.js';

let rig: Rig;
let cluster: Cluster;
beforeAll(async () => {
  rig = await Rig.up({ images: {}, ome: false });
  cluster = Cluster.fromEnvironment({ KUBECONFIG: rig.kubeconfig });
  for (const [file, plural] of [
    ['model.yaml', 'clusterbasemodels'],
    ['runtime.yaml', 'clusterservingruntimes'],
  ] as const) {
    await rig.api.create(
      `${OME}/${plural}`,
      parse(await readFile(join('examples', 'kubernetes', file), 'utf8')) as object
    );
  }
});
afterAll(() => rig?.down());

async function exampleTask(file: string, more: Partial<TaskFile> = {}): Promise<TuningTask> {
  const text = await readFile(join('examples', file), 'utf8');
  const written = { ...(JSON.parse(text) as TaskFile), ...more };
  const parsed = parseTask({ ...written, model: { ...written.model, namespace: NAMESPACE } });
  if ('issues' in parsed) throw new Error(JSON.stringify(parsed.issues));
  return parsed.task;
}

/** Both manifests as the server takes them, without creating anything. */
async function validate(task: TuningTask, combination: Combination): Promise<Manifest[]> {
  const owner = { workflowId: 'tune/x/1', runId: 'r', taskName: task.task_name, experimentId: 1 };
  const deployment: Deployment = { name: 'x-exp1-0123456789', owner, task, combination };
  const plan = await readServingPlan(cluster, task, combination);
  const { name } = deployment;
  const request = {
    name,
    owner,
    endpoint: { baseUrl: 'http://127.0.0.1:9', modelName: 'm', apiKeyFile: null },
    benchmark: task.benchmark,
    ome: task.ome,
    disturbances: () => Promise.resolve([]),
    beforeLoad: () => Promise.resolve(),
    loads: loadsOf(task.benchmark),
    outputDir: '/nowhere',
    timeoutMs: 1000,
  };
  const url = `http://${name}.${NAMESPACE}.svc.cluster.local:${plan.port}`;
  const job = benchmarkJobOf(request, { namespace: NAMESPACE, name, url });
  return [
    await cluster.apply(INFERENCE_SERVICE, inferenceServiceOf(deployment, plan), true),
    await cluster.apply(BENCHMARK_JOB, job, true),
  ];
}

describe('the manifests pass strict validation on the server', () => {
  it.each(['simple_task.json', 'larger_task.json'])('for each combination of %s', async (file) => {
    const task = await exampleTask(file);
    const space = createSearchSpace(task);
    for (let i = 0; i < space.size; i++) await validate(task, space.at(i));
    expect(space.size).toBeGreaterThan(1);
  });

  it('with every field of the section ome', async () => {
    const task = await exampleTask('simple_task.json', {
      ome: {
        node_selector: { 'gpu.example.com/kind': 'h200' },
        tolerations: [{ key: 'gpu', effect: 'NoSchedule' }],
        environment: { PLAIN: 'value', TOKEN: { secret: 'hugging-face', key: 'token' } },
        volumes: [
          { mount_path: '/dev/shm', memory: '8Gi' },
          { mount_path: '/data', claim: 'data', read_only: true },
        ],
        image: `docker.io/lmsysorg/sglang@sha256:${'0'.repeat(64)}`,
        benchmark: {
          endpoint: 'url',
          image: 'ghcr.io/example/genai-bench:1',
          hugging_face_secret: 'hugging-face',
          node_selector: { role: 'load' },
          tolerations: [{}],
          environment: { HTTPS_PROXY: 'http://proxy:3128' },
          resources: { cpu: '2', memory: '2Gi' },
        },
      },
    });
    await validate(task, createSearchSpace(task).at(0));
  });

  it('and what is hostile arrives as text', async () => {
    const task = await exampleTask('simple_task.json', {
      description: HOSTILE_TEXTS.join('\n'),
      parameters: { note: { type: 'choice', values: [...HOSTILE_TEXTS] } },
      ome: { environment: { NOTE: HOSTILE_TEXTS.join(' ') } },
    });
    const harmless = await validate(task, { note: 'harmless' });
    for (const note of HOSTILE_TEXTS) {
      const manifests = await validate(task, { note });
      expect(manifests.map((one) => shape(one))).toEqual(harmless.map((one) => shape(one)));
    }
  });
});

/** The paths of all values: two manifests of the same shape differ in their values alone. */
function shape(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([key, item]) => (key === 'managedFields' ? [] : shape(item, `${path}/${key}`)));
}
