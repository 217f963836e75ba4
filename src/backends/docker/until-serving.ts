/** Waits until an engine in a container serves; that it has ended is known the moment the daemon tells. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TunerError } from '../../domain/failures.js';
import { probeCompletion, type Probe } from '../../platform/completion-client.js';
import type { Container } from '../../platform/docker/container.js';
import { watchContainer } from '../../platform/docker/container-events.js';
import type { DockerClient } from '../../platform/docker/docker-client.js';
import { DockerError } from '../../platform/docker/docker-errors.js';
import type { Watching } from '../types.js';
import { hasEnded } from './ending.js';

const PROBE_EVERY_MS = 100;
const PROBE_TIMEOUT_MS = 10_000;
/** After a process of an engine was killed, the engine itself has so long to end, and to say why. */
const AFTER_OOM_MS = 2000;
const NOTHING_YET = 'nothing yet';

export interface ServingRequest extends Watching {
  readonly name: string;
  readonly baseUrl: (container: Container) => string;
  readonly modelName: string;
  readonly apiKey: string;
  /** How much of the time limit is left. */
  readonly leftMs: number;
  /** Of one that has ended. @param actions what the daemon told. */
  readonly explain: (container: Container | null, actions: readonly string[]) => Promise<TunerError>;
  /** Of one that runs and does not serve in time. */
  readonly silent: (last: Probe) => Promise<TunerError>;
}

/**
 * @returns the container that serves.
 * @throws what `explain` and `silent` make of it; DockerError when the daemon is away at the time limit; the reason of `signal`.
 */
export async function untilServing(client: DockerClient, request: ServingRequest): Promise<Container> {
  const { name, signal, onProgress } = request;
  const deadline = performance.now() + request.leftMs;
  const actions: string[] = [];
  const stop = new AbortController();
  let poke = new AbortController();
  let mustLook = true;
  // The watch comes before the first look, so that nothing happens unseen between the two.
  const watching = watchContainer(client, name, AbortSignal.any([signal, stop.signal]), ({ action }) => {
    if (action !== 'watching') actions.push(action);
    mustLook = true;
    poke.abort();
  });
  let container: Container | null = null;
  let away: unknown = null;
  let last: Probe = { state: 'unreachable', saw: NOTHING_YET };
  try {
    for (;;) {
      signal.throwIfAborted();
      if (mustLook) {
        mustLook = false;
        poke = new AbortController();
        try {
          container = await client.inspect(name, signal);
          away = null;
          if (hasEnded({ container, actions })) {
            if (container?.running) await sleep(AFTER_OOM_MS);
            throw await request.explain(container?.running ? await client.inspect(name) : container, actions);
          }
        } catch (error) {
          if (!(error instanceof DockerError)) throw error;
          away = error;
          mustLook = true;
          onProgress(error.message);
        }
      }
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) throw away ?? (await request.silent(last));
      const limitMs = Math.min(PROBE_TIMEOUT_MS, Math.ceil(leftMs));
      const probe = container && (await probeUntilPoked(request, container, limitMs, poke.signal));
      if (probe) {
        // A try that the deadline cut short says nothing: what was seen before it counts.
        if (probe.state !== 'slow' || limitMs === PROBE_TIMEOUT_MS || last.saw === NOTHING_YET) last = probe;
        onProgress(last.saw);
        if (container && last.state === 'served') return container;
      }
      if (!poke.signal.aborted) await sleep(PROBE_EVERY_MS, undefined, { signal: poke.signal }).catch(() => undefined);
    }
  } finally {
    stop.abort();
    await watching;
  }
}

/** Null when something has happened to the container meanwhile. */
async function probeUntilPoked(
  { baseUrl, modelName, apiKey, signal }: ServingRequest,
  container: Container,
  timeoutMs: number,
  poked: AbortSignal
): Promise<Probe | null> {
  try {
    const both = AbortSignal.any([signal, poked]);
    return await probeCompletion({
      baseUrl: baseUrl(container),
      modelName,
      apiKey,
      maxTokens: 1,
      timeoutMs,
      signal: both,
    });
  } catch (error) {
    signal.throwIfAborted();
    if (poked.aborted) return null;
    throw error;
  }
}
