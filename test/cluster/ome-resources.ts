/** OME's resources as the tests write them. */
import type { Api } from './rig/api.js';
import { NAMESPACE, OME } from './support.js';

export const FORMAT = { name: 'safetensors', version: '1.0.0' };
export const FRAMEWORK = { name: 'transformers', version: '4.0.0' };
export const MODEL = 'tiny';
export const RUNTIME = 'tiny-runtime';
export const ENGINE_IMAGE = 'engine:1';

/** A model that is at hand in this folder of the node. */
export function model(name: string, path: string, more: object = {}): object {
  return {
    apiVersion: 'ome.io/v1beta1',
    kind: 'ClusterBaseModel',
    metadata: { name },
    spec: {
      modelFormat: FORMAT,
      modelFramework: FRAMEWORK,
      storage: { storageUri: `hf://test/${name}`, path },
      ...more,
    },
  };
}

/** A runtime whose engine asks for one GPU and carries arguments of its own. */
export function runtime(name: string, more: object = {}): object {
  return {
    apiVersion: 'ome.io/v1beta1',
    kind: 'ClusterServingRuntime',
    metadata: { name },
    spec: {
      supportedModelFormats: [
        { name: FORMAT.name, version: '1', modelFormat: FORMAT, modelFramework: FRAMEWORK, autoSelect: true },
      ],
      engineConfig: {
        runner: {
          name: 'ome-container',
          image: ENGINE_IMAGE,
          command: ['serve'],
          args: ['--runtime-argument'],
          ports: [{ name: 'http1', containerPort: 8080, protocol: 'TCP' }],
          env: [{ name: 'FROM_RUNTIME', value: 'yes' }],
          resources: { limits: { cpu: '2', 'nvidia.com/gpu': 1 }, requests: { cpu: '1', 'nvidia.com/gpu': 1 } },
        },
      },
      ...more,
    },
  };
}

/** Where an InferenceService is, and what it serves by which runtime unless it says something else. */
export interface Place {
  readonly namespace: string;
  readonly model: string;
  readonly runtime: string;
}
const HERE: Place = { namespace: NAMESPACE, model: MODEL, runtime: RUNTIME };

/** @param engine null leaves it out. */
export function inferenceService(
  name: string,
  engine: object | null = {},
  more: object = {},
  { namespace, model: served, runtime: by }: Place = HERE
): object {
  return {
    apiVersion: 'ome.io/v1beta1',
    kind: 'InferenceService',
    metadata: { name, namespace, labels: { 'tuner.test/owner': 'us' } },
    spec: {
      model: { name: served },
      runtime: { name: by },
      ...(engine === null ? {} : { engine: { minReplicas: 1, maxReplicas: 1, ...engine } }),
      ...more,
    },
  };
}

/** @param endpoint a URL, or the name of an InferenceService in the same namespace. */
export function benchmarkJob(
  name: string,
  endpoint: string,
  claim: string,
  more: object = {},
  namespace = NAMESPACE
): object {
  const target = /^http/.test(endpoint)
    ? { endpoint: { url: endpoint, apiFormat: 'openai', modelName: 'some-model' } }
    : { inferenceService: { name: endpoint, namespace } };
  return {
    apiVersion: 'ome.io/v1beta1',
    kind: 'BenchmarkJob',
    metadata: { name, namespace },
    spec: {
      endpoint: target,
      task: 'text-to-text',
      trafficScenarios: ['D(100,100)'],
      numConcurrency: [1, 4],
      maxTimePerIteration: 1,
      maxRequestsPerIteration: 20,
      outputLocation: { storageUri: `pvc://${claim}/results/${name}` },
      ...more,
    },
  };
}

/** Creates the model, the label that says that it is on the node, and the runtime. */
export async function createModelAndRuntime(api: Api, node: string, path: string): Promise<void> {
  await api.apply(`${OME}/clusterbasemodels/${MODEL}`, model(MODEL, path));
  await api.apply(`${OME}/clusterservingruntimes/${RUNTIME}`, runtime(RUNTIME));
  const labels = { [`models.ome.io/clusterbasemodel.${MODEL}`]: 'Ready' };
  await api.patch(`/api/v1/nodes/${node}`, { metadata: { labels } });
}
