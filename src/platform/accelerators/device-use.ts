/**
 * Which accelerators the engines of this machine use, whoever has started them: several workers, each with a state folder of its own,
 * may serve one machine. An engine says so by its environment, which lives as long as it does, and longer than the worker.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { tryLock } from '../host-lock.js';
import { listMarked, MARKER } from '../process-tree.js';

/** The environment variable that holds an engine's accelerators, by UUID, with commas. */
export const DEVICES = 'AUTOTUNER_DEVICES';

/** Whose engine runs on a device. */
export interface DeviceUser {
  /** The owned process, `<experiment>.engine`, or the container. */
  readonly name: string;
  /** Null for a container. */
  readonly pid: number | null;
}

const ASK_EVERY_MS = 50;

/** By UUID. Engines of other users cannot be seen; their memory can. */
export async function devicesInUse(): Promise<ReadonlyMap<string, DeviceUser>> {
  const users = new Map<string, DeviceUser>();
  for (const { pid, environment } of await listMarked(DEVICES)) {
    const name = environment.get(MARKER) ?? '';
    for (const uuid of (environment.get(DEVICES) ?? '').split(',')) if (uuid !== '') users.set(uuid, { name, pid });
  }
  return users;
}

/**
 * Runs the work while no other worker of this machine does: between the look at the devices and the start of an engine on them. The
 * kernel lets go of the lock when its holder dies.
 * @throws the signal's reason.
 */
export async function aloneOnDevices<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    signal?.throwIfAborted();
    const lock = await tryLock('/', 'devices');
    if (lock) {
      try {
        return await work();
      } finally {
        await lock.release();
      }
    }
    await sleep(ASK_EVERY_MS, undefined, signal ? { signal } : {}).catch(() => undefined);
  }
}
