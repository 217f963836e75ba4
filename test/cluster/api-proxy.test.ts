/** Faults of the network and of the API server, as clients see them. */
import { PassThrough } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { CoreV1Api, Exec, KubeConfig, PortForward, Watch, type V1ConfigMap } from '@kubernetes/client-node';
import { expiredWatch, gone, tooManyRequests, type ApiProxy } from './rig/api-proxy.js';
import { Rig } from './rig/rig.js';
import { until } from './rig/wait.js';
import { hasCondition, NAMESPACE, pod, PODS, SERVER, untilPod } from './support.js';

const CONFIG_MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;

let rig: Rig;
let proxy: ApiProxy;
let config: KubeConfig;
let core: CoreV1Api;

beforeAll(async () => {
  rig = await Rig.up({ images: { server: SERVER }, ome: false });
});
afterAll(async () => {
  await rig?.down();
});
beforeEach(async () => {
  const started = await rig.proxy();
  proxy = started;
  config = new KubeConfig();
  config.loadFromFile(started.kubeconfig);
  core = config.makeApiClient(CoreV1Api);
});
afterEach(async () => {
  await proxy.close();
});

const list = () => core.listNamespacedConfigMap({ namespace: NAMESPACE });
let created = 0;
const touch = (): Promise<V1ConfigMap> => rig.api.create(CONFIG_MAPS, { metadata: { name: `touched-${++created}` } });

/** A watch of config maps: what came, and how it ended. */
async function watch(): Promise<{ seen: string[]; ended: () => unknown }> {
  const seen: string[] = [];
  let end: unknown;
  await new Watch(config).watch(
    CONFIG_MAPS,
    {},
    (type, object: { code?: number; metadata?: { name?: string } }) =>
      seen.push(`${type} ${object.metadata?.name ?? object.code}`),
    (error: unknown) => (end = error ?? 'done')
  );
  return { seen, ended: () => end };
}

it('passes requests and watches on, and writes them down', async () => {
  expect((await list()).items.map(({ metadata }) => metadata?.name)).toContain('kube-root-ca.crt');
  const { seen } = await watch();
  const { metadata } = await touch();
  await until('the change', () => seen.includes(`ADDED ${metadata?.name}`));
  expect(proxy.requests).toEqual([`GET ${CONFIG_MAPS}`, `GET ${CONFIG_MAPS}?watch=true`]);
});

it('passes port-forwards and commands on', async () => {
  const container = {
    image: 'server',
    ports: [{ containerPort: 8080 }],
    readinessProbe: { tcpSocket: { port: 8080 } },
  };
  await rig.api.create(PODS, pod('server', container));
  await untilPod(rig.api, 'server', 'ready', (it) => hasCondition(it, 'Ready'));
  const output = new PassThrough();
  const input = new PassThrough();
  let text = '';
  output.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await new PortForward(config).portForward(NAMESPACE, 'server', [8080], output, null, input);
  input.write('GET / HTTP/1.0\r\n\r\n');
  await until('an answer', () => text.includes('200 OK'));
  expect(proxy.dropConnections(/portforward/)).toBe(1);
  const status = await new Promise((resolve, reject) => {
    new Exec(config)
      .exec(NAMESPACE, 'server', 'main', ['true'], output, null, null, false, resolve)
      .catch((error: unknown) => reject(error as Error));
  });
  expect(status).toMatchObject({ status: 'Success' });
});

it('loses connections', async () => {
  const { ended } = await watch();
  await until('the watch to be open', () => proxy.dropConnections(/watch/) === 1);
  await until('its end', ended);
  await list();
});

it('refuses once, as an overloaded server does', async () => {
  proxy.answerOnce(/GET .*configmaps/, tooManyRequests(1));
  await expect(list()).rejects.toMatchObject({ code: 429, headers: { 'retry-after': '1' } });
  await list();
  proxy.answerOnce(/GET .*configmaps/, gone());
  await expect(list()).rejects.toMatchObject({ code: 410 });
});

it('tells a watch that its version is too old, at its start or later', async () => {
  proxy.answerOnce(/watch/, expiredWatch());
  const first = await watch();
  await until('its end', first.ended);
  expect(first.seen).toEqual(['ERROR 410']);
  const second = await watch();
  await until('the watch to be open', () => proxy.expireWatches() === 1);
  await until('its end', second.ended);
  expect(second.seen.at(-1)).toBe('ERROR 410');
});

it('is silent, and then goes on', async () => {
  const { seen } = await watch();
  await until('what is there', () => seen.length > 0);
  proxy.blackHole(true);
  const { metadata } = await touch();
  let answered = false;
  const asked = list().then(() => (answered = true));
  // Straight to the server it is there; through the proxy nothing comes.
  await until('the change', () => rig.api.find(`${CONFIG_MAPS}/${metadata?.name}`));
  expect([answered, seen.includes(`ADDED ${metadata?.name}`)]).toEqual([false, false]);
  proxy.blackHole(false);
  await asked;
  await until('the change', () => seen.includes(`ADDED ${metadata?.name}`));
});

it('delays', async () => {
  proxy.latency(300);
  const before = performance.now();
  await list();
  expect(performance.now() - before).toBeGreaterThanOrEqual(295);
});
