/** The cluster that the other tests stand on: a real control plane whose pods are processes of this machine. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Exec, KubeConfig, Log, PortForward, type V1Pod, type V1Status } from '@kubernetes/client-node';
import { ApiError } from './rig/api.js';
import { Rig } from './rig/rig.js';
import { EndedError, until } from './rig/wait.js';
import {
  claim,
  CLAIMS,
  eventsOf,
  hasCondition,
  NAMESPACE,
  pod,
  PODS,
  script,
  SERVER,
  untilEvent,
  untilGone,
  untilPod,
} from './support.js';

const STAYS = 'setInterval(() => {}, 1000);';
const PROBED = { ports: [{ containerPort: 8080 }], readinessProbe: { tcpSocket: { port: 8080 } } };

let rig: Rig;
let config: KubeConfig;
let name: string;
let count = 0;

beforeAll(async () => {
  rig = await Rig.up({
    images: {
      server: SERVER,
      stays: script(`console.log('up'); ${STAYS}`),
      'exits-3': script('console.log("last words"); process.exit(3)'),
      'exits-0': script('console.log("done")'),
      'ignores-term': script(`process.on('SIGTERM', () => {}); console.log('up'); ${STAYS}`),
      'too-big': () => ({ command: [process.execPath, '-e', 'process.exit(137)'], oom: true }),
    },
    users: ['stranger'],
  });
  config = new KubeConfig();
  config.loadFromFile(rig.kubeconfig);
});
afterAll(async () => {
  await rig?.down();
});
beforeEach(() => {
  name = `pod-${++count}`;
});

const create = (container: object, spec: object = {}): Promise<V1Pod> =>
  rig.api.create<V1Pod>(PODS, pod(name, container, spec));
const path = (): string => `${PODS}/${name}`;
const mainOf = ({ status }: V1Pod) => status?.containerStatuses?.[0];
const running = (): Promise<V1Pod> =>
  untilPod(rig.api, name, 'running', (it) => mainOf(it)?.state?.running !== undefined);
const ready = (): Promise<V1Pod> => untilPod(rig.api, name, 'ready', (it) => hasCondition(it, 'Ready'));
const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`);

/** A stream and what came out of it. */
function collector(): { stream: PassThrough; text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new PassThrough().on('data', (chunk: Buffer) => chunks.push(chunk));
  return { stream, text: () => Buffer.concat(chunks).toString() };
}

/** An HTTP request through a port-forward. */
async function get(podName: string, port: number): Promise<string> {
  const { stream, text } = collector();
  const errors = collector();
  const input = new PassThrough();
  const forwarding = new PortForward(config).portForward(NAMESPACE, podName, [port], stream, errors.stream, input);
  const socket = (await forwarding) as unknown as { close(): void };
  input.write('GET / HTTP/1.0\r\n\r\n');
  try {
    return await until('an answer', () => {
      // The first two bytes are the port's number.
      if (errors.text().length > 2) throw new EndedError(errors.text());
      return text().endsWith('}') && text();
    });
  } finally {
    socket.close();
  }
}

async function exec(podName: string, command: string[]): Promise<{ output: string; status: V1Status }> {
  const { stream, text } = collector();
  const status = await new Promise<V1Status>((resolve, reject) => {
    new Exec(config)
      .exec(NAMESPACE, podName, 'main', command, stream, stream, null, false, resolve)
      .catch((error: unknown) => reject(error as Error));
  });
  return { output: text(), status };
}

async function log(options: object = {}): Promise<string> {
  const { stream, text } = collector();
  await new Log(config).log(NAMESPACE, name, 'main', stream, options);
  await until('the end of the log', () => stream.writableFinished);
  return text();
}

describe('a pod', () => {
  it('is a real process that a port-forward reaches', async () => {
    await create({ image: 'server', ...PROBED, env: [{ name: 'WHO', value: name }] });
    await ready();
    expect(await get(name, 8080)).toContain(`"WHO":"${name}"`);
    expect(rig.pods.pids(NAMESPACE, name)).toHaveLength(1);
  });

  it('is not ready before its port is open', async () => {
    rig.images['late'] = script(`
      const { existsSync } = require('node:fs');
      const timer = setInterval(() => {
        if (!existsSync('go')) return;
        clearInterval(timer);
        require('node:net').createServer().listen(Number(process.env.PORT), '127.0.0.1');
      }, 10);
    `);
    await create({ image: 'late', ...PROBED });
    expect(hasCondition(await running(), 'Ready')).toBe(false);
    expect((await exec(name, ['touch', 'go'])).status.status).toBe('Success');
    await ready();
  });

  it('has a log that can be read and followed', async () => {
    rig.images['talks'] = script(`let n = 0; setInterval(() => console.log('line ' + ++n), 20)`);
    await create({ image: 'talks' });
    await running();
    const { stream, text } = collector();
    const following = await new Log(config).log(NAMESPACE, name, 'main', stream, { follow: true });
    await until('lines while following', () => text().includes('line 20\n'));
    following.abort();
    expect((await log()).split('\n').slice(0, 2)).toEqual(['line 1', 'line 2']);
    expect((await log({ tailLines: 2 })).trim().split('\n')).toHaveLength(2);
    expect(await log({ tailLines: 1, timestamps: true })).toMatch(/^\d{4}-\d\d-\d\dT.*Z line \d+\n$/);
  });

  it('can be executed in, in the folder of its claim', async () => {
    await rig.api.create(CLAIMS, claim('data'));
    const mount = { name: 'data', mountPath: '/data' };
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }];
    await create({ image: 'stays', workingDir: '/data', volumeMounts: [mount] }, { volumes });
    await running();
    const wrote = await exec(name, ['sh', '-c', 'echo kept > file; pwd']);
    expect(wrote.output.trim()).toBe(rig.volume(NAMESPACE, 'data'));
    expect(readFileSync(join(rig.volume(NAMESPACE, 'data'), 'file'), 'utf8')).toBe('kept\n');
    // A real kubelet gives the exit code in `details`; kwok in the message only.
    const { status } = await exec(name, ['sh', '-c', 'exit 4']);
    expect(status.status).toBe('Failure');
    expect(status.message).toContain('exit status 4');
  });

  it('has its variables, secrets, arguments and the addresses of services', async () => {
    await rig.api.create(PODS, pod('backend', { image: 'server', ...PROBED }));
    await rig.api.patch(`${PODS}/backend`, { metadata: { labels: { app: 'backend' } } });
    const ports = [{ port: 80, targetPort: 8080 }];
    const service = { metadata: { name: 'backend' }, spec: { selector: { app: 'backend' }, ports } };
    await rig.api.create(`/api/v1/namespaces/${NAMESPACE}/services`, service);
    const secret = { metadata: { name: 'key' }, stringData: { token: 's3cret' } };
    await rig.api.create(`/api/v1/namespaces/${NAMESPACE}/secrets`, secret);
    await untilPod(rig.api, 'backend', 'ready', (it) => hasCondition(it, 'Ready'));
    rig.images['prints'] = ({ args, env, mounts }) => {
      const file = join(mounts.find(({ mountPath }) => mountPath === '/key')?.localPath ?? '', 'token');
      return {
        command: [
          'sh',
          '-c',
          `echo "$0 $1 $(cat ${file})"; curl -s "$2"`,
          args[0] ?? '',
          env['TOKEN'] ?? '',
          args[1] ?? '',
        ],
      };
    };
    const env = [
      { name: 'WHO', value: 'me' },
      { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'key', key: 'token' } } },
    ];
    const args = ['$(WHO):$$(WHO):$(NOBODY)', `http://backend.${NAMESPACE}.svc.cluster.local:80`];
    const volumes = [{ name: 'key', secret: { secretName: 'key' } }];
    const volumeMounts = [{ name: 'key', mountPath: '/key' }];
    await create({ image: 'prints', args, env, volumeMounts }, { restartPolicy: 'Never', volumes });
    await untilPod(rig.api, name, 'ended', ({ status }) => status?.phase === 'Succeeded');
    const [first, second] = (await log()).split('\n');
    expect(first).toBe('me:$(WHO):$(NOBODY) s3cret s3cret');
    expect(second).toContain('"PORT"');
  });

  it('waits for a Secret that does not exist', async () => {
    await create({ image: 'stays', env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'none', key: 'a' } } }] });
    await untilPod(
      rig.api,
      name,
      'refused',
      (it) => mainOf(it)?.state?.waiting?.reason === 'CreateContainerConfigError'
    );
  });
});

describe('a pod that ends', () => {
  it('has succeeded or failed when it is not to be restarted', async () => {
    await create({ image: 'exits-0' }, { restartPolicy: 'Never' });
    await untilPod(rig.api, name, 'succeeded', ({ status }) => status?.phase === 'Succeeded');
    name = `${name}-failing`;
    await create({ image: 'exits-3' }, { restartPolicy: 'Never' });
    const failed = await untilPod(rig.api, name, 'failed', ({ status }) => status?.phase === 'Failed');
    expect(mainOf(failed)?.state?.terminated).toMatchObject({ exitCode: 3, reason: 'Error' });
    expect(await log()).toBe('last words\n');
  });

  it('is restarted, with a pause, and says so', async () => {
    await create({ image: 'exits-3' });
    const crashed = await untilPod(
      rig.api,
      name,
      'crash loop',
      (it) => Number(mainOf(it)?.restartCount) >= 2 && mainOf(it)?.state?.waiting?.reason === 'CrashLoopBackOff'
    );
    expect(mainOf(crashed)?.lastState?.terminated).toMatchObject({ exitCode: 3, reason: 'Error' });
    await untilEvent(rig.api, name, /^Warning BackOff: Back-off restarting failed container main/);
    expect(await log()).toBe('last words\n');
    expect(await log({ previous: true })).toBe('last words\n');
  });

  it('is told to have run out of memory', async () => {
    await create({ image: 'stays' }, { restartPolicy: 'Never' });
    await running();
    rig.pods.killForMemory(NAMESPACE, name);
    const killed = await untilPod(rig.api, name, 'killed', ({ status }) => status?.phase === 'Failed');
    expect(mainOf(killed)?.state?.terminated).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
    name = `${name}-by-itself`;
    await create({ image: 'too-big' }, { restartPolicy: 'Never' });
    const tooBig = await untilPod(rig.api, name, 'killed', ({ status }) => status?.phase === 'Failed');
    expect(mainOf(tooBig)?.state?.terminated).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
    name = `${name}-not`;
    await create({ image: 'stays' }, { restartPolicy: 'Never' });
    await running();
    rig.pods.signal(NAMESPACE, name, 'SIGKILL');
    const merely = await untilPod(rig.api, name, 'killed', ({ status }) => status?.phase === 'Failed');
    expect(mainOf(merely)?.state?.terminated).toMatchObject({ exitCode: 137, reason: 'Error' });
  });
});

describe('a pod that cannot start', () => {
  it('lacks an image, until it is there', async () => {
    await create({ image: 'nowhere:1' });
    await untilPod(rig.api, name, 'refused', (it) => mainOf(it)?.state?.waiting?.reason === 'ImagePullBackOff');
    await untilEvent(rig.api, name, /^Warning Failed: Failed to pull image "nowhere:1": .*not found/);
    await untilEvent(rig.api, name, /^Warning Failed: Error: ErrImagePull/);
    await untilEvent(rig.api, name, /^Normal BackOff: Back-off pulling image "nowhere:1"/);
    rig.images['nowhere:1'] = script(STAYS);
    await running();
  });

  it('asks for a claim that does not exist', async () => {
    const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'nobodys' } }];
    await create({ image: 'stays', volumeMounts: [{ name: 'data', mountPath: '/data' }] }, { volumes });
    await untilEvent(rig.api, name, /^Warning FailedScheduling: .*persistentvolumeclaim "nobodys" not found/);
    expect((await rig.api.get<V1Pod>(path())).status?.phase).toBe('Pending');
  });

  it('asks for more GPUs than there are', async () => {
    await create({ image: 'stays', resources: { limits: { 'nvidia.com/gpu': '9' } } });
    await untilEvent(rig.api, name, /^Warning FailedScheduling: .*Insufficient nvidia.com\/gpu/);
    expect(await eventsOf(rig.api, name)).not.toContainEqual(expect.stringContaining('Started'));
  });
});

describe('a pod that is deleted', () => {
  it('has time to end by itself', async () => {
    rig.images['says-goodbye'] = script(`
      process.on('SIGTERM', () => { require('node:fs').writeFileSync(process.env.FILE, 'goodbye'); process.exit(0); });
      console.log('up');
      ${STAYS}
    `);
    const file = join(rig.dir, 'goodbye');
    await create({ image: 'says-goodbye', env: [{ name: 'FILE', value: file }] });
    await until('it to be up', async () => (await log()) === 'up\n');
    await rig.api.remove(path());
    await untilGone(rig.api, path());
    expect(readFileSync(file, 'utf8')).toBe('goodbye');
  });

  it('is killed when the time is over', async () => {
    await create({ image: 'ignores-term' }, { terminationGracePeriodSeconds: 1 });
    await until('it to be up', async () => (await log()) === 'up\n');
    const [pid = 0] = rig.pods.pids(NAMESPACE, name);
    await rig.api.remove(path());
    await untilGone(rig.api, path());
    expect(isAlive(pid)).toBe(false);
  });

  it('goes at once when it is forced', async () => {
    await create({ image: 'ignores-term' });
    await until('it to be up', async () => (await log()) === 'up\n');
    const [pid = 0] = rig.pods.pids(NAMESPACE, name);
    await rig.api.remove(path(), { gracePeriodSeconds: 0 });
    await until('its process to be gone', () => !isAlive(pid));
  });

  it('stays while the kubelet is dead', async () => {
    await create({ image: 'stays' });
    await running();
    rig.pods.freeze(true);
    await rig.api.remove(path());
    await untilPod(rig.api, name, 'terminating', ({ metadata }) => metadata?.deletionTimestamp !== undefined);
    // As long as another pod takes to be put on the node, and not to be started.
    await rig.api.create(PODS, pod(`${name}-other`, { image: 'stays' }));
    await untilPod(rig.api, `${name}-other`, 'scheduled', (it) => hasCondition(it, 'PodScheduled'));
    expect(await rig.api.find(path())).not.toBeNull();
    rig.pods.freeze(false);
    await untilGone(rig.api, path());
    await untilPod(rig.api, `${name}-other`, 'running', (it) => mainOf(it)?.state?.running !== undefined);
  });
});

describe('the API server', () => {
  it('can be killed and comes back; what happened meanwhile is told then', async () => {
    await create({ image: 'stays' });
    const ends = `${name}-ends`;
    await rig.api.create(PODS, pod(ends, { image: 'stays' }, { restartPolicy: 'Never' }));
    await running();
    await untilPod(rig.api, ends, 'running', (it) => mainOf(it)?.state?.running !== undefined);
    const [pid = 0] = rig.pods.pids(NAMESPACE, name);
    await rig.killApiServer();
    await expect(rig.api.get(path())).rejects.toThrow('ECONNREFUSED');
    rig.pods.signal(NAMESPACE, ends, 'SIGKILL');
    await until('its end', () => rig.pods.pids(NAMESPACE, ends).length === 0);
    await rig.startApiServer();
    await untilPod(rig.api, ends, 'failed', ({ status }) => status?.phase === 'Failed');
    expect(isAlive(pid)).toBe(true);
    await rig.api.remove(path());
    await untilGone(rig.api, path());
    // The other components have found it again too.
    name = `${name}-later`;
    await create({ image: 'server', ...PROBED });
    await ready();
    expect(await get(name, 8080)).toContain('"PORT"');
    expect((await exec(name, ['true'])).status.status).toBe('Success');
  });

  it('lets nobody in without rights', async () => {
    const stranger = new KubeConfig();
    stranger.loadFromFile(await rig.kubeconfigFor('stranger'));
    const access = { ...rig.api.access, token: stranger.getCurrentUser()?.token ?? '' };
    const api = new (rig.api.constructor as new (options: typeof access) => Rig['api'])(access);
    const refused = await api.get(PODS).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ApiError);
    expect(refused).toMatchObject({ code: 403, reason: 'Forbidden' });
    await expect(rig.kubeconfigFor('unheard-of')).rejects.toThrow("no user 'unheard-of'");
  });

  it('is served by kubectl too', async () => {
    expect(await rig.kubectl('get', 'nodes', '-o', 'name')).toBe('node/gpu-0\n');
    await expect(rig.kubectl('get', 'pod', 'nobody')).rejects.toThrow('not found');
  });
});
