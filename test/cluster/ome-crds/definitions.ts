/**
 * CustomResourceDefinitions of OME's shape, of our own making: for where OME's own are not at hand. They accept and refuse what
 * OME's do in all that this project writes, and leave out what it does not.
 */
import { container, engine, environment, resources, runtimeEngine, runtimePod, volumeMounts } from './pod-schema.js';
import { all, anything, flag, list, map, number, object, oneOf, text, type Schema } from './schema.js';

const storage = object(
  {
    ...all(text, 'storageUri', 'path', 'schemaPath', 'key'),
    ...all(map(text), 'parameters', 'nodeSelector'),
    downloadPolicy: oneOf('AlwaysDownload', 'ReuseIfExists'),
    nodeAffinity: anything,
  },
  ['storageUri']
);
const version = object({ ...all(text, 'name', 'operator', 'version'), weight: number }, ['name']);
const reference = object(all(text, 'name', 'kind', 'apiGroup'), ['name']);

const inferenceService = {
  spec: object({
    model: object({ ...all(text, 'name', 'kind', 'apiGroup'), fineTunedWeights: list(text) }, ['name']),
    runtime: reference,
    engine: engine(container),
    ...all(anything, 'decoder', 'router', 'predictor', 'kedaConfig', 'acceleratorSelector'),
  }),
  status: object({
    url: text,
    observedGeneration: number,
    address: object(all(text, 'url', 'name', 'CACerts', 'audience')),
    components: map(anything),
    annotations: map(text),
    modelStatus: anything,
    conditions: list(
      object(all(text, 'type', 'status', 'reason', 'message', 'severity', 'lastTransitionTime'), ['type', 'status'])
    ),
  }),
};

const benchmarkJob = {
  spec: object(
    {
      endpoint: object({
        inferenceService: object(all(text, 'name', 'namespace'), ['name', 'namespace']),
        endpoint: object(
          {
            url: { ...text, pattern: '^(http|https)://' },
            apiFormat: oneOf('openai', 'oci-cohere', 'cohere'),
            modelName: text,
          },
          ['url', 'apiFormat']
        ),
      }),
      task: oneOf('text-to-text', 'image-to-text', 'text-to-embeddings', 'image-to-embeddings'),
      trafficScenarios: { ...list(text), 'x-kubernetes-list-type': 'set' },
      numConcurrency: { ...list(number), 'x-kubernetes-list-type': 'set' },
      ...all(number, 'maxTimePerIteration', 'maxRequestsPerIteration'),
      ...all(storage, 'outputLocation', 'dataset'),
      additionalRequestParams: map(text),
      resultFolderName: text,
      huggingFaceSecretReference: object(all(text, 'name'), ['name']),
      serviceMetadata: object(
        {
          engine: oneOf('vLLM', 'SGLang', 'TGI'),
          gpuType: oneOf('H100', 'A100', 'MI300', 'A10'),
          version: text,
          gpuCount: number,
        },
        ['engine', 'gpuType', 'version', 'gpuCount']
      ),
      podOverride: object({
        image: text,
        env: environment,
        nodeSelector: map(text),
        affinity: anything,
        resources,
        volumeMounts,
        ...all(list(anything), 'envFrom', 'tolerations', 'volumes'),
      }),
    },
    ['endpoint', 'task', 'maxTimePerIteration', 'maxRequestsPerIteration', 'outputLocation']
  ),
  status: object(
    {
      state: oneOf('Pending', 'Running', 'Completed', 'Failed'),
      ...all(text, 'startTime', 'completionTime', 'lastReconcileTime', 'failureMessage', 'details'),
    },
    ['state']
  ),
};

const baseModel = {
  spec: object(
    {
      ...all(text, 'displayName', 'vendor', 'version', 'modelType', 'modelArchitecture', 'modelParameterSize'),
      ...all(text, 'quantization', 'compartmentID'),
      ...all(list(text), 'apiCapabilities', 'modelCapabilities', 'servingMode'),
      ...all(version, 'modelFormat', 'modelFramework'),
      ...all(anything, 'modelConfiguration', 'diffusionPipeline'),
      additionalMetadata: map(text),
      disabled: flag,
      maxTokens: number,
      storage,
    },
    ['storage']
  ),
  status: object({ ...all(text, 'lifecycle', 'state'), ...all(list(text), 'nodesReady', 'nodesFailed') }, ['state']),
};

const servingRuntime = {
  spec: object({
    ...runtimePod,
    supportedModelFormats: list(
      object(
        {
          ...all(text, 'name', 'version', 'modelType', 'modelArchitecture', 'quantization'),
          ...all(version, 'modelFormat', 'modelFramework'),
          ...all(anything, 'diffusionPipeline', 'acceleratorConfig'),
          autoSelect: flag,
          priority: number,
        },
        ['modelFormat', 'modelFramework']
      )
    ),
    engineConfig: runtimeEngine,
    ...all(anything, 'decoderConfig', 'routerConfig', 'workers', 'acceleratorRequirements'),
    modelSizeRange: object(all(text, 'min', 'max')),
    protocolVersions: list(text),
    disabled: flag,
  }),
};

/** Our own definitions, as JSON, which is YAML. */
export function ownDefinitions(): string[] {
  return [
    definition('InferenceService', 'Namespaced', inferenceService),
    definition('BenchmarkJob', 'Namespaced', benchmarkJob),
    definition('BaseModel', 'Namespaced', baseModel),
    definition('ClusterBaseModel', 'Cluster', baseModel),
    definition('ServingRuntime', 'Namespaced', servingRuntime),
    definition('ClusterServingRuntime', 'Cluster', servingRuntime),
  ].map((object) => JSON.stringify(object));
}

function definition(kind: string, scope: string, properties: { spec: Schema; status?: Schema }): object {
  const singular = kind.toLowerCase();
  const plural = `${singular}s`;
  const openAPIV3Schema = object({ ...all(text, 'apiVersion', 'kind'), metadata: { type: 'object' }, ...properties });
  const subresources = properties.status ? { subresources: { status: {} } } : {};
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.ome.io` },
    spec: {
      group: 'ome.io',
      scope,
      names: { kind, plural, singular, listKind: `${kind}List` },
      versions: [{ name: 'v1beta1', served: true, storage: true, schema: { openAPIV3Schema }, ...subresources }],
    },
  };
}
