/** Which accelerators containers of ours use, as their labels say: the daemon knows them as long as they run, whoever has started them. */
import { TunerError } from '../../domain/failures.js';
import type { DeviceUser } from '../../platform/accelerators/device-use.js';
import type { DockerClient } from '../../platform/docker/docker-client.js';
import type { ContainerDevices } from './container-spec.js';
import { OWNER, ownershipOf } from './ownership.js';

/** By UUID or number. */
export async function containersByDevice(client: DockerClient): Promise<ReadonlyMap<string, DeviceUser>> {
  const users = new Map<string, DeviceUser>();
  for (const { name, running, labels } of await client.list(OWNER)) {
    if (!running) continue;
    for (const device of ownershipOf(labels)?.devices ?? [])
      users.set(device, { name: `${name}.container`, pid: null });
  }
  return users;
}

/** For devices that a task names itself, where this worker cannot watch them. @throws TunerError ACCELERATOR_BUSY. */
export async function refuseUsed(client: DockerClient, devices: ContainerDevices): Promise<void> {
  if (devices.length === 0) return;
  const reasons = [...(await containersByDevice(client))].flatMap(([device, { name }]) =>
    devices === 'all' || device === 'all' || devices.includes(device)
      ? [`accelerator ${device} is used by ${name}`]
      : []
  );
  if (reasons.length > 0) throw new TunerError('ACCELERATOR_BUSY', reasons.join('; '));
}
