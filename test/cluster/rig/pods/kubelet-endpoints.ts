/** Tells kwok where a pod's ports, logs and commands lead, so that the API server's endpoints for them really work. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import type { Api } from '../api.js';

/** From the API server to kwok it usually takes milliseconds. */
const LOOK_EVERY_MS = 10;
const LOOKS = 50;
const GROUP = 'kwok.x-k8s.io/v1alpha1';

export interface ContainerEndpoints {
  readonly name: string;
  readonly ports: readonly { readonly containerPort: number; readonly localPort: number }[];
  readonly logFile: string;
  readonly previousLogFile: string | null;
  readonly workDir: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Creates or updates the three resources, and waits until kwok knows them. They belong to the pod and go with it.
 * @throws Error when the API server is away or kwok is slow: to be tried again.
 */
export async function publishEndpoints(api: Api, pod: V1Pod, containers: readonly ContainerEndpoints[]): Promise<void> {
  const put = (kind: string, plural: string, spec: object): Promise<unknown> => {
    const { name = '', namespace = '', uid = '' } = pod.metadata ?? {};
    const ownerReferences = [{ apiVersion: 'v1', kind: 'Pod', name, uid }];
    const object = { apiVersion: GROUP, kind, metadata: { name, namespace, ownerReferences }, spec };
    return api.apply(`/apis/${GROUP}/namespaces/${namespace}/${plural}/${name}`, object);
  };
  const forwards = containers.flatMap(({ ports }) =>
    ports.map(({ containerPort, localPort }) => ({
      ports: [containerPort],
      target: { address: '127.0.0.1', port: localPort },
    }))
  );
  const logs = containers.map(({ name, logFile, previousLogFile }) => ({
    containers: [name],
    logsFile: logFile,
    ...(previousLogFile === null ? {} : { previousLogsFile: previousLogFile }),
    follow: true,
  }));
  const execs = containers.map(({ name, workDir, env }) => ({
    containers: [name],
    local: { workDir, envs: Object.entries(env).map(([variable, value]) => ({ name: variable, value })) },
  }));
  await Promise.all([
    put('PortForward', 'portforwards', { forwards }),
    put('Logs', 'logs', { logs }),
    put('Exec', 'execs', { execs }),
  ]);
  for (let look = 0; look < LOOKS; look++) {
    if ((await Promise.all(containers.map((container) => isServed(api, pod, container)))).every(Boolean)) return;
    await sleep(LOOK_EVERY_MS);
  }
  throw new Error(`port-forward, log and exec of ${pod.metadata?.name} are not served`);
}

/**
 * Whether kwok knows of a container. It watches three kinds separately, and after an outage of the API server each of them lags
 * by a time of its own.
 */
async function isServed(api: Api, { metadata }: V1Pod, { name, ports }: ContainerEndpoints): Promise<boolean> {
  const path = `/api/v1/namespaces/${metadata?.namespace}/pods/${metadata?.name}`;
  const [log, command, ...forwards] = await Promise.all([
    api.answers(`${path}/log?container=${name}`),
    api.firstWords(`${path}/exec?container=${name}&command=true&stdout=true`),
    // Nothing listens yet, so that each of them says that it cannot connect; or somebody else listens, and waits to be asked.
    ...ports.map(({ containerPort }) => api.firstWords(`${path}/portforward?ports=${containerPort}`)),
  ]);
  return (
    log && command?.includes('Success') === true && forwards.every((words) => words?.includes('failed to dial') ?? true)
  );
}
