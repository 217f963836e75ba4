import { watchContainer } from '../../platform/docker/container-events.js';
import type { DockerClient } from '../../platform/docker/docker-client.js';
import { hasEnded } from './ending.js';

/** Waits until the container has ended, or the kernel has ended a process in it. @throws the reason of `signal`. */
export async function untilEnded(client: DockerClient, name: string, signal: AbortSignal): Promise<void> {
  const stop = new AbortController();
  const actions: string[] = [];
  let ended = false;
  await watchContainer(client, name, AbortSignal.any([signal, stop.signal]), ({ action }) => {
    actions.push(action);
    void client
      .inspect(name, stop.signal)
      .then((container) => {
        if (!hasEnded({ container, actions })) return;
        ended = true;
        stop.abort();
      })
      // A daemon that is away says nothing; when it is back, the watch begins anew with another look.
      .catch(() => undefined);
  });
  if (!ended) signal.throwIfAborted();
}
