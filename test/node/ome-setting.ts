/** What stands in the cluster before a tune: a model on the node, a runtime with the embedded engine, and a task for both. */
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TaskFile } from '../../src/domain/task/task.schema.js';
import { readEnvironment } from '../../src/platform/environment.js';
import { FORMAT, FRAMEWORK, model, runtime } from '../cluster/ome-resources.js';
import { modelLabel } from '../cluster/ome-stand-in/names.js';
import { labelNode } from '../cluster/rig/nodes.js';
import { OME } from '../cluster/support.js';
import { ENGINE_IMAGE } from './images.mjs';
import type { NodeCluster } from './node-cluster.js';
import { NODE } from './real-node.js';

export const MODEL = 'smollm2-135m-instruct';
export const TUNING = 'tuning';
const RUNTIME = 'llama-cpp';
/** What OME has genai-bench call the model. */
const SERVED_NAME = 'vllm-model';

/** A copy of the model: Kubernetes changes whose it is. */
export async function copyModel(target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  await cp(join(readEnvironment().modelsDir, MODEL), join(target, MODEL), { recursive: true, dereference: true });
}

/** @param models the folder of the node with the model's in it. */
export async function createModelAndRuntime({ api }: NodeCluster, models: string): Promise<void> {
  await api.create(`${OME}/clusterbasemodels`, model(MODEL, join(models, MODEL)));
  // What OME's model agent does.
  await labelNode(api, NODE, { [modelLabel(MODEL)]: 'Ready' });
  const format = { name: FORMAT.name, version: '1', modelFormat: FORMAT, modelFramework: FRAMEWORK };
  const runner = {
    name: 'ome-container',
    image: ENGINE_IMAGE,
    imagePullPolicy: 'Never',
    args: ['--model', '$(MODEL_PATH)/model.gguf', '--alias', SERVED_NAME, '--host', '0.0.0.0', '--port', '8080'],
    ports: [{ name: 'http1', containerPort: 8080, protocol: 'TCP' }],
    resources: { limits: { memory: '2Gi' }, requests: { cpu: '200m', memory: '512Mi' } },
  };
  const spec = { supportedModelFormats: [format], engineConfig: { runner } };
  await api.create(`${OME}/clusterservingruntimes`, runtime(RUNTIME, spec));
}

/** Two engines, one after the other. */
export function task(name: string, benchmark: Partial<TaskFile['benchmark']>): TaskFile {
  return {
    task_name: name,
    backend: 'ome',
    engine: 'llama.cpp',
    engine_args: { ctx_size: 2048, threads: 1 },
    model: { name: MODEL, namespace: TUNING },
    base_runtime: RUNTIME,
    parameters: { parallel: { type: 'choice', values: [1, 2] } },
    optimization: { strategy: 'grid_search', timeout_per_iteration: 300 },
    baseline: false,
    ome: { benchmark: { resources: { cpu: '500m', memory: '1Gi' }, environment: { HF_HUB_OFFLINE: '1' } } },
    benchmark: {
      model_name: SERVED_NAME,
      model_tokenizer: MODEL,
      traffic_scenarios: ['D(64,24)'],
      num_concurrency: [2],
      max_requests_per_iteration: 8,
      max_time_per_iteration: 10,
      ...benchmark,
    },
  };
}
