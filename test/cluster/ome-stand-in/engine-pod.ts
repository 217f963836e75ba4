/** The pod of an engine: the runtime's, with what the InferenceService overrides, and what OME adds. Pure. */
import type { V1Container, V1EnvVar, V1PodSpec } from '@kubernetes/client-node';
import { strategicMerge } from './merge.js';
import { INFERENCE_SERVICE_LABEL, engineName, modelLabel, truncated } from './names.js';
import type { BaseModel, EngineSpec, InferenceService, ServingRuntime } from './types.js';

/** A runtime without a port of its own is taken to listen here. */
export const DEFAULT_PORT = 8080;
const MAIN_CONTAINER = 'ome-container';
/** Fields of an engine that are not a pod's. */
const EXTENSIONS = ['runner', 'leader', 'worker', 'minReplicas', 'maxReplicas', 'labels', 'annotations', 'kedaConfig'];
const MORE_EXTENSIONS = ['scaleTarget', 'scaleMetric', 'deploymentStrategy', 'acceleratorOverride', 'timeoutSeconds'];

export interface Engine {
  readonly name: string;
  readonly minReplicas: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly pod: V1PodSpec;
}

/** @throws Error when neither the runtime nor the InferenceService says what to run. */
export function engineOf(
  service: InferenceService,
  own: EngineSpec,
  runtime: ServingRuntime,
  model: BaseModel
): Engine {
  const merged = strategicMerge<EngineSpec>(runtime.spec.engineConfig ?? {}, own);
  const name = service.metadata?.name ?? '';
  return {
    name: engineName(name),
    minReplicas: merged.minReplicas ?? 1,
    labels: {
      ...service.metadata?.labels,
      ...merged.labels,
      [INFERENCE_SERVICE_LABEL]: name,
      component: 'engine',
      'serving-runtime': runtime.metadata?.name ?? '',
      'fine-tuned-serving': 'false',
      'base-model-name': truncated(model.metadata?.name ?? ''),
      'base-model-size': 'SMALL',
      'base-model-type': 'Serving',
      ...(model.spec.vendor === undefined ? {} : { 'base-model-vendor': model.spec.vendor }),
    },
    annotations: { ...service.metadata?.annotations, ...merged.annotations },
    pod: podOf(service, merged, runtime, model),
  };
}

/** The port of the first container, else 8080. */
export function portOf(pod: V1PodSpec): number {
  return pod.containers[0]?.ports?.[0]?.containerPort ?? DEFAULT_PORT;
}

function podOf(service: InferenceService, merged: EngineSpec, runtime: ServingRuntime, model: BaseModel): V1PodSpec {
  const { metadata, spec } = model;
  const base = Object.fromEntries(
    Object.entries(merged).filter(([key]) => !EXTENSIONS.includes(key) && !MORE_EXTENSIONS.includes(key))
  ) as Partial<V1PodSpec>;
  const runner = merged.runner && withModel(merged.runner, model);
  const containers = runner ? mergeRunner(base.containers ?? [], runner) : (base.containers ?? []);
  if (containers.length === 0) throw new Error('no containers found in pod spec');
  const path = spec.storage?.path;
  const volume = path === undefined ? [] : [{ name: metadata?.name ?? '', hostPath: { path } }];
  return {
    ...base,
    containers: containers.map((container) => withProbe(withPlaceholders(container, service))),
    volumes: [...(base.volumes ?? []), ...volume],
    nodeSelector: {
      ...base.nodeSelector,
      [modelLabel(metadata?.name ?? '', metadata?.namespace)]: 'Ready',
      ...runtime.spec.nodeSelector,
    },
  };
}

function mergeRunner(containers: readonly V1Container[], runner: V1Container): V1Container[] {
  if (!containers.some(({ name }) => name === runner.name)) return [...containers, runner];
  return containers.map((container) =>
    container.name === runner.name ? strategicMerge(container, runner) : container
  );
}

/** Variables that are set already stay, except the number of GPUs. */
function withModel(runner: V1Container, { metadata, spec }: BaseModel): V1Container {
  const env: V1EnvVar[] = [...(runner.env ?? [])];
  const mounts = [...(runner.volumeMounts ?? [])];
  const path = spec.storage?.path;
  if (path !== undefined) {
    if (!env.some(({ name }) => name === 'MODEL_PATH')) env.push({ name: 'MODEL_PATH', value: path });
    mounts.push({ name: metadata?.name ?? '', mountPath: path, readOnly: true });
  }
  const gpus = Number(runner.resources?.limits?.['nvidia.com/gpu'] ?? 0);
  const others = env.filter(({ name }) => gpus === 0 || name !== 'PARALLELISM_SIZE');
  const parallelism = gpus === 0 ? [] : [{ name: 'PARALLELISM_SIZE', value: `${gpus}` }];
  return { ...runner, env: [...others, ...parallelism], volumeMounts: mounts };
}

/** Runtimes may name the InferenceService as `{{.Name}}`. */
function withPlaceholders(container: V1Container, { metadata }: InferenceService): V1Container {
  const text = JSON.stringify(container)
    .replaceAll(/\{\{\s*\.Name\s*\}\}/g, metadata?.name ?? '')
    .replaceAll(/\{\{\s*\.Namespace\s*\}\}/g, metadata?.namespace ?? '');
  return JSON.parse(text) as V1Container;
}

/** OME gives its main container a probe that only opens the port. */
function withProbe(container: V1Container): V1Container {
  if (container.name !== MAIN_CONTAINER || container.readinessProbe) return container;
  const port = container.ports?.[0]?.containerPort ?? DEFAULT_PORT;
  const readinessProbe = {
    tcpSocket: { port },
    timeoutSeconds: 1,
    periodSeconds: 10,
    successThreshold: 1,
    failureThreshold: 3,
  };
  return { ...container, readinessProbe };
}
