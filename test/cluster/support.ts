/** Resources and looks that the cluster's tests share. */
import type { CoreV1Event, KubernetesListObject, KubernetesObject, V1Pod } from '@kubernetes/client-node';
import type { Api } from './rig/api.js';
import type { ImageProgram } from './rig/pods/image-program.js';
import { until, type Patience } from './rig/wait.js';

export const NAMESPACE = 'default';
export const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`;
export const CLAIMS = `/api/v1/namespaces/${NAMESPACE}/persistentvolumeclaims`;
export const OME = '/apis/ome.io/v1beta1';
export const SERVICES = `${OME}/namespaces/${NAMESPACE}/inferenceservices`;
export const BENCHMARKS = `${OME}/namespaces/${NAMESPACE}/benchmarkjobs`;

/** A JavaScript program in place of an image. It is told a port to listen on as PORT. */
export function script(code: string): ImageProgram {
  return ({ freePort }) => ({
    command: [process.execPath, '-e', code],
    env: { PORT: `${freePort}` },
    port: freePort,
  });
}

/** Listens at once and answers everything with its arguments and a variable. */
export const SERVER = script(`
  const { createServer } = require('node:http');
  const server = createServer((request, answer) => answer.end(JSON.stringify(process.env)));
  server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'));
`);

/** A pod of one container, which is named `main`. */
export function pod(name: string, container: object, spec: object = {}): object {
  return { metadata: { name }, spec: { containers: [{ name: 'main', ...container }], ...spec } };
}

export function claim(name: string): object {
  return { metadata: { name }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };
}

/** Waits until an object satisfies a condition; the error shows the object as it was last. */
export async function untilObject<T extends KubernetesObject>(
  api: Api,
  path: string,
  what: string,
  condition: (object: T) => boolean | undefined,
  patience: Patience = {}
): Promise<T> {
  let last: T | null = null;
  const look = async (): Promise<T | null> => {
    last = await api.get<T>(path);
    return condition(last) ? last : null;
  };
  return until(`${path}: ${what}`, look, patience).catch((error: unknown) => {
    const shown = JSON.stringify({ ...last, metadata: undefined }, null, 2);
    throw new Error(`${(error as Error).message}\n${shown}`, { cause: error });
  });
}

export function untilGone(api: Api, path: string, patience: Patience = {}): Promise<true> {
  return until(`${path} to be gone`, async () => (await api.find(path)) === null, patience);
}

export function untilPod(
  api: Api,
  name: string,
  what: string,
  condition: (pod: V1Pod) => boolean | undefined
): Promise<V1Pod> {
  return untilObject<V1Pod>(api, `${PODS}/${name}`, what, condition);
}

export function hasCondition({ status }: V1Pod, type: string, value = 'True'): boolean {
  return status?.conditions?.some((condition) => condition.type === type && condition.status === value) ?? false;
}

/** The events about an object of this name, as `type reason: message`. */
export async function eventsOf(api: Api, name: string, namespace = NAMESPACE): Promise<string[]> {
  const selector = encodeURIComponent(`involvedObject.name=${name}`);
  const path = `/api/v1/namespaces/${namespace}/events?fieldSelector=${selector}`;
  const { items } = await api.get<KubernetesListObject<CoreV1Event>>(path);
  return items.map(({ type, reason, message }) => `${type} ${reason}: ${message}`);
}

/** Waits for an event whose text, `type reason: message`, matches. */
export function untilEvent(api: Api, name: string, pattern: RegExp): Promise<string> {
  return until(`an event about ${name} like ${pattern}`, async () =>
    (await eventsOf(api, name)).find((text) => pattern.test(text))
  );
}
