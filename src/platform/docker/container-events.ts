/** What happens to one container, as it happens. */
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { DockerClient } from './docker-client.js';

const AGAIN_AFTER_MS = 500;
const PAST_WITHIN_MS = 5000;

const eventSchema = z.object({
  // Podman has it as status only.
  Action: z.string().optional(),
  status: z.string().optional(),
  time: z.number().optional(),
  Actor: z
    .object({ Attributes: z.record(z.string(), z.string()).catch({}) })
    .optional()
    .catch(undefined),
});

export interface ContainerEvent {
  /** `oom`, `die`, `kill`, `destroy`, ...; `watching` when the daemon has begun to tell. */
  readonly action: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * Tells what happens to a container until `signal` fires. When the way to the daemon breaks it is made again, and `watching` says so: what
 * happened in between must be looked up.
 */
export async function watchContainer(
  client: DockerClient,
  name: string,
  signal: AbortSignal,
  onEvent: (event: ContainerEvent) => void
): Promise<void> {
  while (!signal.aborted) {
    try {
      const events = await openEvents(client, name, {}, signal);
      onEvent({ action: 'watching', attributes: {} });
      for await (const event of events) onEvent(event);
    } catch {
      // It is tried again; who needs the daemon meanwhile is told by their own call.
    }
    await sleep(AGAIN_AFTER_MS, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) onEvent({ action: 'watching', attributes: {} });
  }
}

/** What the daemon still knows to have happened to it, the newest last. @param sinceMs since the epoch, by the daemon's clock. */
export async function pastEvents(client: DockerClient, name: string, sinceMs: number): Promise<ContainerEvent[]> {
  const events: ContainerEvent[] = [];
  // Once its clock has reached the end, the daemon ends the stream; one whose clock is behind is not waited for.
  const range = { since: Math.floor(sinceMs / 1000), until: Math.floor(Date.now() / 1000) + 1 };
  const limit = AbortSignal.timeout(PAST_WITHIN_MS);
  try {
    for await (const event of await openEvents(client, name, range, limit)) events.push(event);
  } catch (error) {
    if (!limit.aborted) throw error;
  }
  return events;
}

async function openEvents(
  client: DockerClient,
  name: string,
  range: object,
  signal: AbortSignal
): Promise<AsyncIterable<ContainerEvent>> {
  const filters = JSON.stringify({ type: ['container'], container: [name] });
  const stream = await client.stream(
    `watch the container ${name}`,
    { path: '/events', query: { ...range, filters } },
    signal
  );
  return (async function* () {
    for await (const line of createInterface({ input: stream })) {
      const event = readEvent(line);
      if (event) yield event;
    }
  })();
}

function readEvent(line: string): ContainerEvent | null {
  try {
    const { Action, status, Actor } = eventSchema.parse(JSON.parse(line));
    const action = Action ?? status ?? '';
    // `died` is Podman's word.
    return { action: action === 'died' ? 'die' : action, attributes: Actor?.Attributes ?? {} };
  } catch {
    return null;
  }
}
