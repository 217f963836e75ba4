/** The Job of a BenchmarkJob. Pure. */
import type { V1Container, V1EnvVar, V1Job, V1PodSpec, V1Volume, V1VolumeMount } from '@kubernetes/client-node';
import { benchmarkArguments, parseClaim, type Target } from './benchmark-arguments.js';
import { ownerReference } from './finalizer.js';
import { strategicMerge } from './merge.js';
import { modelLabel } from './names.js';
import type { BenchmarkJob } from './types.js';

/** What OME's chart configures. */
export const BENCHMARK_IMAGE = 'ghcr.io/sgl-project/genai-bench:0.1.113';
const RESOURCES = { cpu: '2', memory: '2Gi' };
const OUTPUT_VOLUME = 'benchmark-output-storage';
const API_KEY = 'HUGGINGFACE_API_KEY';

/** @throws Error when something that must be known is not. */
export function benchmarkJob(benchmark: BenchmarkJob, target: Target): V1Job {
  const { name = '', namespace = '' } = benchmark.metadata ?? {};
  const metadata = { labels: { benchmark: name }, annotations: { 'logging-forward': 'true' } };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { ...metadata, name, namespace, ownerReferences: [ownerReference(benchmark)] },
    spec: { backoffLimit: 0, template: { metadata, spec: podOf(benchmark, target) } },
  };
}

function podOf(benchmark: BenchmarkJob, target: Target): V1PodSpec {
  const { podOverride = {}, outputLocation } = benchmark.spec;
  const model = modelVolume(target);
  const output = outputVolume(outputLocation.storageUri);
  const container: V1Container = {
    name: benchmark.metadata?.name ?? '',
    image: BENCHMARK_IMAGE,
    command: ['genai-bench'],
    args: benchmarkArguments(benchmark, target),
    env: [...environment(benchmark), ...model.env],
    volumeMounts: [...model.mounts, ...output.mounts],
    resources: { requests: RESOURCES, limits: RESOURCES },
  };
  const { image, env, envFrom, volumeMounts, resources, ...pod } = podOverride;
  const override: Partial<V1Container> = {
    // The controller gives it this name when, and only when, something is overridden.
    ...(benchmark.spec.podOverride ? { name: 'genai-bench' } : {}),
    ...(image === undefined ? {} : { image }),
    ...(env === undefined ? {} : { env }),
    ...(envFrom === undefined ? {} : { envFrom }),
    ...(volumeMounts === undefined ? {} : { volumeMounts }),
    ...(resources === undefined ? {} : { resources }),
  };
  const base: V1PodSpec = {
    containers: [strategicMerge(container, override)],
    volumes: [...model.volumes, ...output.volumes],
    nodeSelector: model.nodeSelector,
    tolerations: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
    restartPolicy: 'Never',
  };
  return strategicMerge<V1PodSpec>(base, pod);
}

function environment({ spec }: BenchmarkJob): V1EnvVar[] {
  const secret = spec.huggingFaceSecretReference?.name;
  const reference = { name: API_KEY, valueFrom: { secretKeyRef: { name: secret ?? '', key: API_KEY } } };
  return [{ name: 'ENABLE_UI', value: 'false' }, ...(secret ? [reference] : [])];
}

interface Volumes {
  readonly volumes: V1Volume[];
  readonly mounts: V1VolumeMount[];
}

/** The tokenizer is the model's folder, so the job goes where the model is. */
function modelVolume(target: Target): Volumes & { env: V1EnvVar[]; nodeSelector: Record<string, string> } {
  if (target.kind === 'endpoint') return { volumes: [], mounts: [], env: [], nodeSelector: {} };
  const { metadata, spec } = target.model;
  const name = metadata?.name ?? '';
  const path = spec.storage?.path;
  if (path === undefined) throw new Error(`BaseModel ${name} has no storage path configured`);
  return {
    volumes: [{ name, hostPath: { path } }],
    mounts: [{ name, mountPath: path, readOnly: true }],
    env: [{ name: 'MODEL_PATH', value: path }],
    nodeSelector: { [modelLabel(name, metadata?.namespace)]: 'Ready' },
  };
}

function outputVolume(uri: string): Volumes {
  const claim = parseClaim(uri);
  if (!claim) return { volumes: [], mounts: [] };
  return {
    volumes: [{ name: OUTPUT_VOLUME, persistentVolumeClaim: { claimName: claim.claim } }],
    mounts: [{ name: OUTPUT_VOLUME, mountPath: `/${claim.path}`, subPath: claim.path }],
  };
}
