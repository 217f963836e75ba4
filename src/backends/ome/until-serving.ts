/** Waits for an engine in the cluster by watching it, and asks it itself: `Ready` alone says nothing about answers. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { TunerError } from '../../domain/failures.js';
import { probeCompletion, type Probe } from '../../platform/completion-client.js';
import type { Cluster } from '../../platform/kubernetes/cluster.js';
import { classifySilence } from '../classify/classify.js';
import type { Watching } from '../types.js';
import { watchEngine, type EngineSnapshot } from './engine-watch.js';
import { lastLines, warningLines } from './evidence.js';
import { explain } from './explain.js';
import { recognise } from './recognise.js';

export interface ServingRequest extends Watching {
  readonly name: string;
  readonly namespace: string;
  readonly baseUrl: string;
  readonly modelName: string;
  /** Whether OME must call the InferenceService ready, too. */
  readonly needsReady: boolean;
  /** Milliseconds since the epoch. */
  readonly deadlineMs: number;
  /** The whole time limit, for the message. */
  readonly timeoutMs: number;
  readonly unschedulableAfterMs: number;
}

const PROBE_EVERY_MS = 250;
const PROBE_TIMEOUT_MS = 10_000;
/** An InferenceService that nobody has touched so long after it was applied will not be. */
const NOTHING_YET = 'nothing yet';

/**
 * @throws TunerError with the cause, within a moment after the cluster shows it; ENGINE_START_TIMEOUT or WRONG_ANSWERS at the time limit;
 * the reason of `signal`.
 */
export async function untilServing(cluster: Cluster, request: ServingRequest): Promise<void> {
  const { name, namespace, signal, onProgress } = request;
  let snapshot: EngineSnapshot | null = null;
  let failed: unknown = null;
  let wake = (): void => undefined;
  // Its own signal, so that no watcher outlives this call.
  const stop = new AbortController();
  const watching = watchEngine(cluster, { namespace, name }, AbortSignal.any([signal, stop.signal]), (seen) => {
    snapshot = seen;
    wake();
  }).catch((error: unknown) => {
    failed = error;
    wake();
  });
  let last: Probe = { state: 'unreachable', saw: NOTHING_YET };
  try {
    for (;;) {
      signal.throwIfAborted();
      if (failed) throw failed;
      const seen = snapshot as EngineSnapshot | null;
      const finding = seen && recognise(seen, request.unschedulableAfterMs, Date.now());
      if (finding) throw await explain(cluster, namespace, finding, { phase: 'start', events: seen.events });
      if (Date.now() > request.deadlineMs) throw await timedOut(cluster, request, seen, last);
      const changed = new Promise<void>((resolve) => (wake = resolve));
      if (seen?.readyPod) {
        last = await probe(request);
        onProgress(last.saw);
        if (last.state === 'served' && (seen.ready || !request.needsReady)) return;
      } else onProgress(describe(seen));
      // A pod that is not ready tells by its next change; one that is, only when it is asked again.
      await Promise.race([changed, sleep(seen?.readyPod ? PROBE_EVERY_MS : 1000, undefined, { ref: false })]);
    }
  } finally {
    stop.abort();
    await watching;
  }
}

function probe({ baseUrl, modelName, signal, deadlineMs }: ServingRequest): Promise<Probe> {
  const timeoutMs = Math.min(PROBE_TIMEOUT_MS, Math.max(1, deadlineMs - Date.now()));
  return probeCompletion({ baseUrl, modelName, apiKey: 'none', maxTokens: 1, timeoutMs, signal });
}

function describe(seen: EngineSnapshot | null): string {
  if (!seen?.exists) return 'the InferenceService is not there yet';
  const [pod] = seen.pods;
  if (!pod) return seen.ready ? 'ready, they say, but there is no pod' : 'OME has made no pod yet';
  const waiting = pod.status.containerStatuses.find(({ state }) => state.waiting)?.state.waiting;
  const unscheduled = pod.status.conditions.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  return `pod ${pod.status.phase}: ${waiting?.reason ?? unscheduled?.message ?? 'not ready yet'}`;
}

async function timedOut(
  cluster: Cluster,
  { namespace, timeoutMs }: ServingRequest,
  seen: EngineSnapshot | null,
  last: Probe
): Promise<TunerError> {
  const [pod] = seen?.pods ?? [];
  const container = pod?.status.containerStatuses[0]?.name;
  const lines = pod && container ? await lastLines(cluster, { namespace, pod: pod.metadata.name, container }) : [];
  const saw = seen?.readyPod ? last.saw : describe(seen);
  const code = last.state === 'wrong' ? 'WRONG_ANSWERS' : 'ENGINE_START_TIMEOUT';
  const message = `the engine served no completion within ${timeoutMs / 1000} s; the last look saw: ${saw}`;
  return classifySilence({ code, message }, { lines, phase: 'start', events: warningLines(seen?.events ?? []) });
}
