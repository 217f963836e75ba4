import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { asKubeletReads, asOmeReads, HOSTILE_TEXTS, shapeOf } from '../../../test/support/hostile-text.js';
import { parseTask } from '../../domain/task/parse-task.js';
import type { TuningTask } from '../../domain/task/task.schema.js';
import type { Cluster, CustomKind } from '../../platform/kubernetes/cluster.js';
import type { Deployment } from '../types.js';
import { readServingPlan } from './catalog.js';
import { inferenceServiceOf } from './manifest.js';

const DIGEST = `docker.io/lmsysorg/sglang@sha256:${'0123456789abcdef'.repeat(4)}`;

function parsed(file: object): TuningTask {
  const result = parseTask(file);
  if (!('task' in result)) throw new Error(JSON.stringify(result.issues));
  return result.task;
}

async function prototypeTask(more: object = {}): Promise<TuningTask> {
  return parsed({ ...(JSON.parse(await readFile('examples/simple_task.json', 'utf8')) as object), ...more });
}

function deploymentOf(
  task: TuningTask,
  combination: Deployment['combination'] = { tp_size: 2, mem_frac: 0.8 }
): Deployment {
  const owner = { workflowId: 'tune/simple-tune', runId: 'r-1', taskName: task.task_name, experimentId: 3 };
  return { name: 'simple-tune-exp3-0123456789', owner, task, combination };
}

/** A cluster that has the model and the runtime of the examples. */
const cluster = {
  get: ({ kind }: CustomKind, _: string, name: string) => {
    const metadata = { name };
    if (kind === 'ClusterBaseModel') return Promise.resolve({ kind, metadata, spec: {} });
    if (kind !== 'ClusterServingRuntime') return Promise.resolve(null);
    const command = ['python3', '-m', 'sglang.launch_server'];
    const args = ['--model-path', '$(MODEL_PATH)', '--port', '8080', '--tp-size', '8', '--log-prefix={{.Name}}'];
    return Promise.resolve({
      kind,
      metadata,
      spec: { engineConfig: { runner: { name: 'ome-container', command, args, ports: [{ containerPort: 8080 }] } } },
    });
  },
} as unknown as Cluster;

interface Parsed {
  metadata: { name: string; namespace: string; labels: Record<string, string>; annotations: Record<string, string> };
  spec: {
    engine: {
      runner: { args: string[]; env?: { name: string; value?: string; valueFrom?: object }[] };
      [field: string]: unknown;
    };
  };
}

/** The manifest of a task, by way of the cluster's catalog. */
async function manifestOf(task: TuningTask, combination?: Deployment['combination']): Promise<Parsed> {
  const deployment = deploymentOf(task, combination);
  return inferenceServiceOf(
    deployment,
    await readServingPlan(cluster, task, deployment.combination)
  ) as unknown as Parsed;
}

describe('the InferenceService', () => {
  it("of the prototype's task has what OME needs, and nothing else", async () => {
    const task = await prototypeTask();
    const owner = { workflowId: 'tune/simple-tune', runId: 'r-1', taskName: 'simple-tune', experimentId: 3 };
    expect(await manifestOf(task)).toEqual({
      apiVersion: 'ome.io/v1beta1',
      kind: 'InferenceService',
      metadata: {
        name: 'simple-tune-exp3-0123456789',
        namespace: 'autotuner',
        labels: {
          'app.kubernetes.io/managed-by': 'inference-autotuner',
          'inference-autotuner/task': 'simple-tune',
          'inference-autotuner/experiment': '3',
        },
        annotations: { 'inference-autotuner/owner': JSON.stringify(owner) },
      },
      spec: {
        model: { name: 'llama-3-2-1b-instruct', kind: 'ClusterBaseModel' },
        runtime: { name: 'llama-3-2-1b-instruct-rt', kind: 'ClusterServingRuntime' },
        engine: {
          minReplicas: 1,
          maxReplicas: 1,
          terminationGracePeriodSeconds: 5,
          runner: {
            name: 'ome-container',
            args: [
              ...['--model-path', '$(MODEL_PATH)', '--port', '8080', '--log-prefix={{.Name}}'],
              ...['--served-model-name', 'vllm-model', '--tp-size', '2', '--mem-fraction-static', '0.8'],
            ],
            env: [{ name: 'PROTOCOL_VERSION', value: 'sglang' }],
            resources: { requests: { 'nvidia.com/gpu': '2' }, limits: { 'nvidia.com/gpu': '2' } },
          },
        },
      },
    });
  });

  it.each<[string, object, object, string | undefined]>([
    ['sglang in a BenchmarkJob', { engine: 'sglang' }, {}, 'sglang'],
    ['vLLM in a BenchmarkJob', { engine: 'vllm' }, {}, 'vllm'],
    ['another engine, as in the direct mode', { engine: 'llama.cpp' }, {}, 'vllm'],
    ["the task's own word", { ome: { environment: { PROTOCOL_VERSION: 'openai' } } }, {}, 'openai'],
    ['a BenchmarkJob by URL, which does not read it', { ome: { benchmark: { endpoint: 'url' } } }, {}, undefined],
    ['the direct mode', {}, { runner: 'genai-bench' }, undefined],
  ])('tells OME by which protocol to measure: %s', async (_, more, benchmark, expected) => {
    const { benchmark: own } = JSON.parse(await readFile('examples/simple_task.json', 'utf8')) as { benchmark: object };
    const { spec } = await manifestOf(await prototypeTask({ ...more, benchmark: { ...own, ...benchmark } }));
    const values = (spec.engine.runner.env ?? []).filter(({ name }) => name === 'PROTOCOL_VERSION');
    expect(values.map(({ value }) => value)).toEqual(expected === undefined ? [] : [expected]);
  });

  it('says nothing of accelerators where the task leaves them to the runtime', async () => {
    const { spec } = await manifestOf(await prototypeTask(), { mem_frac: 0.8 });
    expect(spec.engine.runner).not.toHaveProperty('resources');
  });

  it('carries every optional field', async () => {
    const task = await prototypeTask({
      ome: {
        accelerator_resource: 'amd.com/gpu',
        accelerators: 0,
        node_selector: { 'topology.kubernetes.io/zone': 'a', pool: '' },
        tolerations: [
          { key: 'gpu', effect: 'NoSchedule' },
          { operator: 'Equal', key: 'x', value: 'y' },
        ],
        environment: { NCCL_DEBUG: 'INFO', HF_TOKEN: { secret: 'hub', key: 'token' } },
        volumes: [
          { mount_path: '/dev/shm', memory: '8Gi' },
          { mount_path: '/models', claim: 'models', read_only: true },
          { mount_path: '/config', config_map: 'settings', read_only: true },
        ],
        image: DIGEST,
      },
    });
    const { engine } = (await manifestOf(task)).spec;
    expect(engine).toMatchObject({
      nodeSelector: { 'topology.kubernetes.io/zone': 'a', pool: '' },
      tolerations: [
        { key: 'gpu', operator: 'Exists', effect: 'NoSchedule' },
        { key: 'x', operator: 'Equal', value: 'y' },
      ],
      volumes: [
        { name: 'task-0', emptyDir: { medium: 'Memory', sizeLimit: '8Gi' } },
        { name: 'task-1', persistentVolumeClaim: { claimName: 'models', readOnly: true } },
        { name: 'task-2', configMap: { name: 'settings' } },
      ],
      runner: {
        image: DIGEST,
        env: [
          { name: 'PROTOCOL_VERSION', value: 'sglang' },
          { name: 'NCCL_DEBUG', value: 'INFO' },
          { name: 'HF_TOKEN', valueFrom: { secretKeyRef: { name: 'hub', key: 'token' } } },
        ],
        volumeMounts: [
          { name: 'task-0', mountPath: '/dev/shm', readOnly: false },
          { name: 'task-1', mountPath: '/models', readOnly: true },
          { name: 'task-2', mountPath: '/config', readOnly: true },
        ],
        resources: { requests: { 'amd.com/gpu': '0' }, limits: { 'amd.com/gpu': '0' } },
      },
    });
    expect(Object.keys(engine.runner).sort()).toEqual(['args', 'env', 'image', 'name', 'resources', 'volumeMounts']);
  });
});

describe('hostile values', () => {
  const values = (text: string): object => ({
    parameters: { tp_size: { type: 'choice', values: [1] }, schedule_policy: { type: 'choice', values: [text] } },
    engine_args: { chat_template: text },
    ome: { environment: { NOTE: text } },
  });

  it.each(HOSTILE_TEXTS)('arrive as they are, and change nothing around them: %j', async (text) => {
    const harmless = await manifestOf(await prototypeTask(values('x')), { tp_size: 1, schedule_policy: 'x' });
    const hostile = await manifestOf(await prototypeTask(values(text)), { tp_size: 1, schedule_policy: text });
    expect(shapeOf(hostile)).toEqual(shapeOf(harmless));
    const { args, env } = hostile.spec.engine.runner;
    const inContainer = (word: string): string => asKubeletReads(asOmeReads(word));
    expect(args.slice(-6).map(inContainer)).toEqual([
      ...['--chat-template', text, '--tp-size', '1', '--schedule-policy', text],
    ]);
    expect(env?.map(({ name, value }) => [name, inContainer(value ?? '')])).toContainEqual(['NOTE', text]);
  });

  it("leave the runtime's own words to OME and Kubernetes", async () => {
    const { args } = (await manifestOf(await prototypeTask(values('$(X) {{ y }}')))).spec.engine.runner;
    expect(args).toEqual(expect.arrayContaining(['$(MODEL_PATH)', '--log-prefix={{.Name}}']));
  });

  it.each(HOSTILE_TEXTS)('change nothing where the schema would refuse them: %j', async (text) => {
    const task = await prototypeTask({
      ome: { node_selector: { a: 'b' }, volumes: [{ mount_path: '/x', claim: 'c' }] },
    });
    const of = (word: string): Parsed => {
      const { ome, model } = task;
      const hostile = {
        ...task,
        model: { ...model, namespace: word },
        ome: {
          ...ome,
          accelerator_resource: 'gpu',
          image: word,
          node_selector: { a: word },
          tolerations: [{ operator: 'Equal' as const, key: word, value: word }],
          volumes: [{ mount_path: word, claim: word, read_only: false }],
        },
      };
      const deployment = deploymentOf(hostile);
      const plan = {
        ...{ model: { name: word, kind: word }, runtime: { name: word, kind: word } },
        ...{ container: word, args: [word], port: 8080, accelerators: 1 },
      };
      return inferenceServiceOf(
        { ...deployment, name: word, owner: { ...deployment.owner, taskName: word } },
        plan
      ) as unknown as Parsed;
    };
    const manifest = of(text);
    expect(shapeOf(manifest)).toEqual(shapeOf(of('x')));
    expect(manifest.metadata).toMatchObject({ name: text, namespace: text });
    expect(manifest.spec.engine).toMatchObject({ nodeSelector: { a: text }, runner: { name: text, args: [text] } });
    expect(JSON.parse(manifest.metadata.annotations['inference-autotuner/owner'] ?? '')).toMatchObject({
      taskName: text,
    });
  });
});
