/** Whose an object of the cluster is: labels to find it by, an annotation that says it exactly. */
import { z } from 'zod';
import type { Manifest } from '../../platform/kubernetes/manifest.js';
import type { Owner } from '../types.js';

/** Every object that the tuner creates carries it. */
export const MANAGED_BY = { 'app.kubernetes.io/managed-by': 'inference-autotuner' } as const;
export const OWNED_SELECTOR = 'app.kubernetes.io/managed-by=inference-autotuner';
const OWNER = 'inference-autotuner/owner';
/** Of the pod that reads an experiment's result files; what comes before it is the experiment's name. */
export const READER_SUFFIX = '-reader';

const ownerSchema = z.object({
  workflowId: z.string(),
  runId: z.string(),
  taskName: z.string(),
  experimentId: z.int(),
});

/** Label values are strings of at most 63 characters; a task name is already one. */
export function ownedLabels(owner: Owner): Record<string, string> {
  return {
    ...MANAGED_BY,
    'inference-autotuner/task': owner.taskName,
    'inference-autotuner/experiment': String(owner.experimentId),
  };
}

export function ownedAnnotations({ workflowId, runId, taskName, experimentId }: Owner): Record<string, string> {
  return { [OWNER]: JSON.stringify({ workflowId, runId, taskName, experimentId }) };
}

/** Null when the object is not the tuner's, or nobody can say whose it is. */
export function ownerOf({ metadata }: Pick<Manifest, 'metadata'>): Owner | null {
  try {
    if (metadata.labels?.['app.kubernetes.io/managed-by'] !== MANAGED_BY['app.kubernetes.io/managed-by']) return null;
    return ownerSchema.parse(JSON.parse(metadata.annotations?.[OWNER] ?? ''));
  } catch {
    return null;
  }
}

export function isSameOwner(one: Owner | null, other: Owner): boolean {
  return one !== null && one.workflowId === other.workflowId && one.runId === other.runId;
}
