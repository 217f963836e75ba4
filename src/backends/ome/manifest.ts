/** The manifest of an engine, from its template. */
import { parse } from 'yaml';
import type { TuningTask } from '../../domain/task/task.schema.js';
import type { Manifest } from '../../platform/kubernetes/manifest.js';
import { render } from '../../platform/templates.js';
import type { Deployment } from '../types.js';
import { isCalledByOme, type ServingPlan } from './catalog.js';
import { literalForKubernetes, literalForOme } from './literal.js';
import { ownedAnnotations, ownedLabels } from './ownership.js';

/** As for a container. An engine that is the first process of its own and heeds no SIGTERM would otherwise take half a minute to go. */
const GRACE_SECONDS = 5;

/** The InferenceService of one experiment. */
export function inferenceServiceOf({ name, owner, task }: Deployment, plan: ServingPlan): Manifest {
  const { ome, model } = task;
  const accelerators = plan.accelerators === null ? null : { [ome.accelerator_resource]: String(plan.accelerators) };
  return parse(
    render('ome/inference-service.yaml.njk', {
      name,
      namespace: model.namespace,
      labels: ownedLabels(owner),
      annotations: ownedAnnotations(owner),
      ...plan,
      image: ome.image ?? null,
      terminationGraceSeconds: GRACE_SECONDS,
      hasNodeSelector: Object.keys(ome.node_selector).length > 0,
      nodeSelector: ome.node_selector,
      tolerations: ome.tolerations,
      env: environmentOf({ ...protocolOf(task), ...ome.environment }, literalForOme),
      volumes: ome.volumes.map((volume, i) => ({ name: `task-${i}`, ...volumeSource(volume) })),
      volumeMounts: ome.volumes.map(({ mount_path, read_only }, i) => ({
        name: `task-${i}`,
        mountPath: mount_path,
        readOnly: read_only,
      })),
      resources: accelerators && { requests: accelerators, limits: accelerators },
    })
  ) as Manifest;
}

/**
 * By `endpoint.inferenceService` OME reads genai-bench's `--api-backend` from this variable, for want of a field. Its default `openai`
 * drops ignore_eos, so that answers end where they please (docs/decisions/0007-protocol-of-the-benchmark-job.md).
 */
function protocolOf(task: TuningTask): Record<string, string> {
  return isCalledByOme(task) ? { PROTOCOL_VERSION: task.engine === 'sglang' ? 'sglang' : 'vllm' } : {};
}

/**
 * Kubernetes' form of the task's variables; a secret stays a reference.
 * @param literal what keeps a value as it is on its way into the container.
 */
export function environmentOf(
  environment: TuningTask['ome']['environment'],
  literal: (text: string) => string = literalForKubernetes
): object[] {
  return Object.entries(environment).map(([name, value]) =>
    typeof value === 'string'
      ? { name, value: literal(value) }
      : { name, valueFrom: { secretKeyRef: { name: value.secret, key: value.key } } }
  );
}

function volumeSource({ claim, config_map, memory, read_only }: TuningTask['ome']['volumes'][number]): object {
  if (claim) return { persistentVolumeClaim: { claimName: claim, readOnly: read_only } };
  if (config_map) return { configMap: { name: config_map } };
  return { emptyDir: { medium: 'Memory', sizeLimit: memory } };
}
