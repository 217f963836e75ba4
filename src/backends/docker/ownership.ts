/** Whose a container is: labels that the daemon keeps as long as it keeps the container. They cannot be changed afterwards. */
import { z } from 'zod';
import type { Owner } from '../types.js';

export const OWNER = 'inference-autotuner.owner';
const HOST = 'inference-autotuner.host';
const EXPIRES = 'inference-autotuner.expires';
const DEVICES = 'inference-autotuner.devices';
const SECRETS = 'inference-autotuner.secrets';

type Labels = Readonly<Record<string, string>>;

/** What is written on a container. */
export interface Ownership {
  readonly owner: Owner;
  /** The worker's host that takes it down. */
  readonly hostId: string;
  /** After this another host may, too. Milliseconds since the epoch. */
  readonly expiresAtMs: number;
  /** UUIDs or numbers of its accelerators, or `all`. */
  readonly devices: readonly string[];
  /** The references by which it was given secrets: whoever reads its log must know what to take out. */
  readonly secrets: readonly string[];
}

const ownerSchema = z.object({
  workflowId: z.string(),
  runId: z.string(),
  taskName: z.string(),
  experimentId: z.int(),
});

export function ownershipLabels({ owner, hostId, expiresAtMs, devices, secrets }: Ownership): Record<string, string> {
  const { workflowId, runId, taskName, experimentId } = owner;
  return {
    [OWNER]: JSON.stringify({ workflowId, runId, taskName, experimentId }),
    [HOST]: hostId,
    [EXPIRES]: String(expiresAtMs),
    ...(devices.length > 0 ? { [DEVICES]: devices.join(',') } : {}),
    ...(secrets.length > 0 ? { [SECRETS]: JSON.stringify(secrets) } : {}),
  };
}

/** Null when the container is not the tuner's, or nobody can say whose it is. */
export function ownershipOf(labels: Labels): Ownership | null {
  try {
    return {
      owner: ownerSchema.parse(JSON.parse(labels[OWNER] ?? '')),
      hostId: labels[HOST] ?? '',
      expiresAtMs: Number(labels[EXPIRES] ?? 0) || 0,
      devices: (labels[DEVICES] ?? '').split(',').filter((item) => item !== ''),
      secrets: z.array(z.string()).parse(JSON.parse(labels[SECRETS] ?? '[]')),
    };
  } catch {
    return null;
  }
}

export function isSameOwner(one: Owner | undefined, other: Owner): boolean {
  return one !== undefined && one.workflowId === other.workflowId && one.runId === other.runId;
}
