import { describe, expect, it } from '@jest/globals';
import type { DockerClient } from '../../platform/docker/docker-client.js';
import { DockerError } from '../../platform/docker/docker-errors.js';
import { OWNER, ownershipLabels } from './ownership.js';
import { removeContainer } from './remove-container.js';

const owner = { workflowId: 'tune/x/1', runId: 'r', taskName: 'x', experimentId: 1 };
const labels = ownershipLabels({ owner, hostId: 'h', expiresAtMs: 1, devices: [], secrets: [] });

/** A daemon whose first tries to remove the container end with this status. */
function daemon(status: number | null, failures: number): DockerClient {
  let there = true;
  const client = {
    host: { local: false },
    inspect: async () => (there ? { labels, running: false, status: 'dead' } : null),
    stop: async () => undefined,
    remove: async () => {
      if (failures-- > 0) throw new DockerError('cannot remove the container c: device or resource busy', status);
      there = false;
    },
  };
  return client as unknown as DockerClient;
}
const remove = (client: DockerClient): ReturnType<typeof removeContainer> =>
  removeContainer(client, 'c', { sharesPids: false, beforeRemoval: async () => undefined, goneWithinMs: 1500 });

describe('a container that the daemon cannot remove', () => {
  it('is tried again', async () => {
    expect(labels).toHaveProperty([OWNER]);
    expect(await remove(daemon(500, 1))).toEqual([]);
  });

  it('is a leak after a while, with what the daemon says', async () => {
    expect(await remove(daemon(500, Infinity))).toMatchObject([
      { kind: 'container', name: 'c', reason: expect.stringContaining('device or resource busy') },
    ]);
  });

  it('is no leak while the daemon does not answer: nobody knows', async () => {
    await expect(remove(daemon(null, 1))).rejects.toThrow('busy');
  });
});
