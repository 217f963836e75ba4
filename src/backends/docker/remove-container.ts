/** Takes a container down, and believes only what it sees to be gone. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Leak } from '../../domain/tuning/experiment.js';
import type { DockerClient } from '../../platform/docker/docker-client.js';
import { statusOf } from '../../platform/docker/docker-errors.js';
import { startTimeOf } from '../../platform/process-tree.js';
import { ownershipOf } from './ownership.js';

/** Engines that hold requests open take some; the rest is the kernel's. */
const GRACE_SECONDS = 5;
/** After SIGKILL only the kernel can delay the end; a daemon under load takes its time, too. */
const GONE_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 250;
/** Of a daemon that cannot do it. */
const TRY_AGAIN_EVERY_MS = 1000;

interface Removal {
  /** Whether the daemon's pids are those that this process sees: not where this worker is itself in a container. */
  readonly sharesPids: boolean;
  /** While the container still is there, and has ended. */
  readonly beforeRemoval: () => Promise<void>;
  readonly goneWithinMs?: number;
}

/**
 * Stops the container, lets `beforeRemoval` read what only it knows, and removes it. What is not ours is left alone, and is no leak. A
 * daemon that cannot remove it (a file system that is busy since the daemon was restarted) must not hold up a tune: that is a leak.
 * @returns what is still there after a reasonable wait.
 */
export async function removeContainer(
  client: DockerClient,
  name: string,
  { sharesPids, beforeRemoval, goneWithinMs = GONE_WITHIN_MS }: Removal
): Promise<Leak[]> {
  const found = await client.inspect(name);
  if (!found || !ownershipOf(found.labels)) return [];
  const processes = sharesPids && found.running ? await withStartTimes(await client.processesOf(name)) : [];
  await client.stop(name, GRACE_SECONDS);
  await beforeRemoval();
  const deadline = performance.now() + goneWithinMs;
  for (;;) {
    const container = await client.inspect(name);
    const trouble = container ? await tryToRemove(client, name) : null;
    const alive = await stillAlive(processes);
    if (!container && alive.length === 0) return [];
    if (performance.now() > deadline) {
      const state = trouble ?? `the container is ${container?.status}`;
      const left = container ? state : `its processes ${alive.join(', ')} still run`;
      const reason = `not gone ${goneWithinMs / 1000} s after its removal: ${left}`;
      return [{ kind: 'container', name, reason, command: `docker rm --force ${name}` }];
    }
    await sleep(trouble ? TRY_AGAIN_EVERY_MS : LOOK_EVERY_MS);
  }
}

/** @returns why the daemon could not; null where it could. @throws DockerError where it does not answer. */
async function tryToRemove(client: DockerClient, name: string): Promise<string | null> {
  try {
    await client.remove(name);
    return null;
  } catch (error) {
    if ((statusOf(error) ?? 0) < 500) throw error;
    return error instanceof Error ? error.message : String(error);
  }
}

type StartedProcess = readonly [pid: number, startTime: number];

/** A pid alone proves nothing, since pids are reused. */
async function withStartTimes(pids: readonly number[]): Promise<StartedProcess[]> {
  const processes = await Promise.all(pids.map(async (pid) => [pid, await startTimeOf(pid)] as const));
  return processes.filter((item): item is StartedProcess => item[1] !== null);
}

async function stillAlive(processes: readonly StartedProcess[]): Promise<number[]> {
  const now = await withStartTimes(processes.map(([pid]) => pid));
  return now.flatMap(([pid, start]) => (processes.some(([p, s]) => p === pid && s === start) ? [pid] : []));
}
