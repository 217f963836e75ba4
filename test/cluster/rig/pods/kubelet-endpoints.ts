/** Tells kwok where a pod's ports, logs and commands lead, so that the API server's endpoints for them really work. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Pod } from '@kubernetes/client-node';
import type { Api } from '../api.js';

/** From the API server to kwok it is milliseconds. */
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
  await Promise.all([put('PortForward', 'portforwards', { forwards }), put('Exec', 'execs', { execs })]);
  // The last of them, so that kwok knows them all once it serves the log.
  await put('Logs', 'logs', { logs });
  await Promise.all(containers.map(({ name }) => untilServed(api, pod, name)));
}

/** @throws Error when kwok does not serve the container's log within some time. */
async function untilServed(api: Api, { metadata }: V1Pod, container: string): Promise<void> {
  const path = `/api/v1/namespaces/${metadata?.namespace}/pods/${metadata?.name}/log?container=${container}`;
  for (let look = 0; look < LOOKS; look++) {
    if (await api.answers(path)) return;
    await sleep(LOOK_EVERY_MS);
  }
  throw new Error(`the log of ${metadata?.name} is not served`);
}
