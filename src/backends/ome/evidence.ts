/** What an engine and the cluster said: read before anything is taken down, because afterwards it is gone. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { KubernetesObject } from '@kubernetes/client-node';
import type { Cluster, ListOf } from '../../platform/kubernetes/cluster.js';
import { LINES_TO_CLASSIFY } from '../classify/classify.js';
import { describeEvent, readEvents, readPod, type EventState, type PodState } from './pod-state.js';

const KEPT_LOG_BYTES = 8 * 2 ** 20;
const WARNINGS = 15;
/** Its lines may be of any length. */
const CLASSIFIED_CHARS = 2 ** 19;

/** The labels that OME gives to everything of one InferenceService. */
export function engineSelector(name: string): string {
  return `ome.io/inferenceservice=${name}`;
}

export function listPods(
  cluster: Cluster,
  namespace: string,
  labelSelector: string,
  signal?: AbortSignal
): Promise<ListOf<KubernetesObject>> {
  return cluster.request(`list pods in ${namespace}`, signal, (options) =>
    cluster.core.listNamespacedPod({ namespace, labelSelector }, options)
  );
}

export function listEvents(
  cluster: Cluster,
  namespace: string,
  signal?: AbortSignal
): Promise<ListOf<KubernetesObject>> {
  return cluster.request(`list events in ${namespace}`, signal, (options) =>
    cluster.core.listNamespacedEvent({ namespace }, options)
  );
}

export async function readPods(cluster: Cluster, namespace: string, labelSelector: string): Promise<PodState[]> {
  const { items } = await listPods(cluster, namespace, labelSelector);
  return items.map((item) => readPod(item)).filter((pod) => pod !== null);
}

export async function readEventsOf(cluster: Cluster, namespace: string, name: string): Promise<EventState[]> {
  return readEvents((await listEvents(cluster, namespace)).items, name);
}

export interface LogRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** The log of the run before the last restart. */
  readonly previous?: boolean;
  /** The newest lines; default: as much as is kept. */
  readonly tailLines?: number;
}

/** The log of a container, as much of it as is kept, without control characters; empty when there is none (any more). */
export async function keptLog(cluster: Cluster, request: LogRequest): Promise<string> {
  const { namespace, pod: name, container, previous = false, tailLines } = request;
  const limit = tailLines === undefined ? { limitBytes: KEPT_LOG_BYTES } : { tailLines };
  try {
    const text = await cluster.request(`read the log of ${name}`, undefined, (options) =>
      cluster.core.readNamespacedPodLog({ namespace, name, container, previous, ...limit }, options)
    );
    // A progress bar writes its states over each other: each is a line.
    const lines = stripVTControlCharacters(text ?? '').replace(/\r\n?/g, '\n');
    return lines.replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '');
  } catch {
    return '';
  }
}

/** The last lines of a container's log, of the run that ended where it was started again. */
export async function lastLines(cluster: Cluster, request: LogRequest): Promise<string[]> {
  const text = await keptLog(cluster, { ...request, tailLines: LINES_TO_CLASSIFY });
  const lines = text
    .slice(-CLASSIFIED_CHARS)
    .split('\n')
    .filter((line) => line.trim() !== '');
  if (lines.length > 0 || !request.previous) return lines.slice(-LINES_TO_CLASSIFY);
  return lastLines(cluster, { ...request, previous: false });
}

/** Warnings as lines of evidence, the newest last. */
export function warningLines(events: readonly EventState[]): string[] {
  return [...new Set(events.filter((event) => event.warning).map(describeEvent))].slice(-WARNINGS);
}

/** Writes the logs of every pod and all events into a folder. What cannot be read or written is left out: tear-down must go on. */
export async function keepEvidence(cluster: Cluster, namespace: string, name: string, dir: string): Promise<void> {
  const pods = await readPods(cluster, namespace, engineSelector(name)).catch(() => []);
  const events = await readEventsOf(cluster, namespace, name).catch(() => []);
  const logs: string[] = [];
  for (const { metadata, status } of pods) {
    for (const { name: container, restartCount } of [...status.initContainerStatuses, ...status.containerStatuses]) {
      const from = { namespace, pod: metadata.name, container };
      if (restartCount > 0)
        logs.push(
          `--- ${metadata.name} ${container}, the run before\n`,
          await keptLog(cluster, { ...from, previous: true })
        );
      logs.push(`--- ${metadata.name} ${container}\n`, await keptLog(cluster, from));
    }
  }
  const keep = (file: string, text: string): Promise<void> => writeFile(join(dir, file), text).catch(() => undefined);
  if (logs.length > 0) await keep('engine.log', logs.join(''));
  if (events.length > 0) await keep('events.txt', `${events.map(describeEvent).join('\n')}\n`);
}
