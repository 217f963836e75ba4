import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { FakeDocker } from '../../../test/support/fake-docker.js';
import { taskOf } from '../../../test/support/tasks.js';
import { DEVICES } from '../../platform/accelerators/device-use.js';
import { DockerClient } from '../../platform/docker/docker-client.js';
import { Secrets } from '../../platform/secrets.js';
import type { Deployment, HostAccelerators } from '../types.js';
import { DockerBackend, type DockerBackendOptions } from './docker-backend.js';

// On a machine that does other work beside, each of the requests takes its time.
jest.setTimeout(60_000);

const NAME = 'x-exp1-0123456789';
const IMAGE = 'lmsysorg/sglang:v1';
const owner = { workflowId: 'tune/x/1', runId: 'r', taskName: 'x', experimentId: 1 };
const signal = new AbortController().signal;
const SECRET = 'a-secret-of-the-worker';

let dir: string;
let docker: FakeDocker;
let engine: Server;
let answers: boolean;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'docker-'));
  await mkdir(join(dir, 'models', 'm'), { recursive: true });
  docker = await FakeDocker.start(join(dir, 'docker.sock'));
  docker.images.add(IMAGE);
  answers = true;
  engine = createServer((request, response) => {
    request.resume();
    response.writeHead(answers ? 200 : 503);
    response.end(answers ? JSON.stringify({ choices: [{ message: { content: 'hello' } }] }) : 'loading');
  });
  await new Promise<void>((done) => engine.listen(0, '127.0.0.1', done));
  docker.hostPort = String((engine.address() as AddressInfo).port);
});
afterEach(async () => {
  engine.closeAllConnections();
  engine.close();
  await docker.stop();
  await rm(dir, { recursive: true, force: true });
});

function backendOf(more: Partial<DockerBackendOptions> = {}): DockerBackend {
  return new DockerBackend({
    client: new DockerClient({ name: 'fake', local: true, connection: { socketPath: docker.socketPath } }),
    ...{ stateDir: dir, modelsDir: join(dir, 'models'), hostId: 'here', network: null, address: null },
    policy: { images: ['lmsysorg/sglang'], environment: ['HF_*'], volumes: [join(dir, 'data')], allowCommand: false },
    secrets: new Secrets({ HF_TOKEN: SECRET, REGISTRY: 'token-of-registry' }, ['HF_TOKEN', 'REGISTRY']),
    accelerators: null,
    longestSeconds: () => 100,
    ...more,
  });
}

function deploymentOf(settings: object = {}, engine: unknown = 'sglang'): Deployment {
  const task = taskOf({
    backend: 'docker',
    engine: engine as 'sglang',
    docker: { image: IMAGE, ...settings },
    engine_args: { enable_metrics: true },
  });
  return { name: NAME, owner, task, combination: { mem_frac: 0.6 } };
}

const container = (): NonNullable<ReturnType<FakeDocker['containers']['get']>> => {
  const found = docker.containers.get(NAME);
  if (!found) throw new Error('there is no container');
  return found;
};
const watching = { signal, onProgress: () => undefined };

describe('deploy', () => {
  it('makes the container that the task asks for, on loopback, with no more rights than it needs', async () => {
    await backendOf().deploy(
      deploymentOf({ shm_size: '32g', memory: '64g', cpus: 8, user: '1000:1000', ulimits: { memlock: -1 } }),
      signal
    );
    const { body, state } = container();
    expect(state.Running).toBe(true);
    expect(body).toMatchObject({
      Image: IMAGE,
      Entrypoint: ['python3'],
      Cmd: [
        ...['-m', 'sglang.launch_server', '--model-path', '/model', '--served-model-name', 'm'],
        ...['--host', '0.0.0.0', '--port', '8000', '--enable-metrics', '--mem-fraction-static', '0.6'],
      ],
      User: '1000:1000',
      HostConfig: {
        Mounts: [{ Type: 'bind', Source: join(dir, 'models', 'm'), Target: '/model', ReadOnly: true }],
        PortBindings: { '8000/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] },
        ...{ ShmSize: 32 * 2 ** 30, Memory: 64 * 2 ** 30, MemorySwap: 64 * 2 ** 30, NanoCpus: 8e9 },
        ...{ Ulimits: [{ Name: 'memlock', Soft: -1, Hard: -1 }], RestartPolicy: { Name: 'no' }, NetworkMode: 'bridge' },
        ...{ SecurityOpt: ['no-new-privileges'], DeviceRequests: [], Init: true },
      },
    });
    expect(body.Env).toContain('NVIDIA_VISIBLE_DEVICES=void');
    expect(body.HostConfig).not.toHaveProperty('Privileged');
  });

  it('gives it devices by UUID, and never CUDA_VISIBLE_DEVICES', async () => {
    const accelerators: HostAccelerators = {
      startOn: ({ needed, only }, start) => {
        expect({ needed, only }).toEqual({ needed: 2, only: ['1', 'GPU-b'] });
        return start({ [DEVICES]: 'GPU-a,GPU-b', CUDA_VISIBLE_DEVICES: 'GPU-a,GPU-b' });
      },
      settle: async () => [],
      describe: () => '2 x Some Accelerator',
    };
    await backendOf({ accelerators }).deploy(deploymentOf({ devices: [1, 'GPU-b'] }), signal);
    const { body } = container();
    expect(body.HostConfig['DeviceRequests']).toEqual([{ DeviceIDs: ['GPU-a', 'GPU-b'], Capabilities: [['gpu']] }]);
    // Without a value it takes away the image's own.
    expect(body.Env.filter((item) => item.startsWith('CUDA_VISIBLE_DEVICES'))).toEqual(['CUDA_VISIBLE_DEVICES']);
    expect(body.Env).toContain(`${DEVICES}=GPU-a,GPU-b`);
    expect(body.Env).not.toContain('NVIDIA_VISIBLE_DEVICES=void');
  });

  it('names devices as Podman does, and refuses those that another container of ours uses', async () => {
    docker.podman = true;
    const backend = backendOf();
    await backend.deploy(deploymentOf({ devices: [0] }), signal);
    expect(container().body.HostConfig['DeviceRequests']).toEqual([{ Driver: 'cdi', DeviceIDs: ['nvidia.com/gpu=0'] }]);
    const other = { ...deploymentOf({ devices: 'all' }), name: 'x-exp2-0123456789' };
    await expect(backend.deploy(other, signal)).rejects.toMatchObject({
      code: 'ACCELERATOR_BUSY',
      message: expect.stringContaining(NAME),
    });
  });

  it('adopts what an earlier call has started, makes anew what it could not start, and touches nothing else', async () => {
    const backend = backendOf();
    await backend.deploy(deploymentOf(), signal);
    const first = container();
    await backend.deploy(deploymentOf(), signal);
    expect(container()).toBe(first);
    await expect(
      backend.deploy({ ...deploymentOf(), owner: { ...owner, runId: 'other' } }, signal)
    ).rejects.toMatchObject({
      code: 'NOT_OURS',
    });
    Object.assign(first.state, { Status: 'created', Running: false, StartedAt: '0001-01-01T00:00:00Z' });
    await backend.deploy(deploymentOf(), signal);
    expect(container()).not.toBe(first);
    expect(container().state.Running).toBe(true);
  });

  it('makes anew what the end of the daemon has kept from being started', async () => {
    docker.refuseStart = 'grpc: the client connection is closing: context canceled';
    await expect(backendOf().deploy(deploymentOf(), signal)).rejects.toThrow('context canceled');
    docker.refuseStart = null;
    await backendOf().deploy(deploymentOf(), signal);
    expect(container().state).toMatchObject({ Running: true, Error: '' });
  });

  it('leaves what the next try has made meanwhile to the next try', async () => {
    const policy = { images: ['lmsysorg/sglang'], environment: [], volumes: [], allowCommand: true };
    const backend = backendOf({ policy });
    const deployment = deploymentOf({ devices: 'none' }, { command: ['engine', '--api-key-file', '{api_key_file}'] });
    let held = false;
    docker.beforeAnswer = async (request) => {
      if (held || !request.endsWith('/start')) return;
      held = true;
      // As after a worker's long stop: of the next try, all but the last request has been made.
      const start = new AbortController();
      docker.beforeAnswer = async (next) => void (next.endsWith('/archive') && start.abort(new Error('so far')));
      await expect(backend.deploy(deployment, start.signal)).rejects.toThrow('so far');
      container().files.length = 0;
    };
    await expect(backend.deploy(deployment, signal)).rejects.toThrow('No such container');
    // Without its key an engine would not start.
    expect(container()).toMatchObject({ state: { Running: false }, files: [] });
    docker.beforeAnswer = async () => undefined;
    await backend.deploy(deployment, signal);
    expect(container().state.Running).toBe(true);
    expect(container().files).toHaveLength(1);
  });

  it('passes secrets by reference, and none of them in a URL', async () => {
    await backendOf().deploy(deploymentOf({ environment: { HF_TOKEN: 'env:HF_TOKEN' } }), signal);
    expect(container().body.Env).toContain(`HF_TOKEN=${SECRET}`);
    expect(JSON.stringify(container().body.Labels)).not.toContain(SECRET);
    expect(docker.requests.join('\n')).not.toContain(SECRET);
  });

  it.each([
    [{ image: 'evil.io/lmsysorg/sglang:v1' }, 'AUTOTUNER_DOCKER_IMAGES=evil.io/lmsysorg/sglang'],
    [{ environment: { OTHER: 'x' } }, 'AUTOTUNER_DOCKER_ENVIRONMENT=OTHER'],
    [{ volumes: [{ source: '/root', target: '/x' }] }, 'AUTOTUNER_DOCKER_VOLUMES=/root'],
    [{ entrypoint: ['/bin/sh', '-c', 'true'] }, 'AUTOTUNER_ALLOW_COMMAND=1'],
  ])('refuses what the operator does not allow: %j', async (settings, advice) => {
    await expect(backendOf().deploy(deploymentOf(settings), signal)).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
      message: expect.stringContaining(advice),
    });
    expect(docker.containers.size).toBe(0);
  });

  it('says what a refused start means', async () => {
    docker.refuseStart = 'could not select device driver "" with capabilities: [[gpu]]';
    await expect(backendOf().deploy(deploymentOf(), signal)).rejects.toMatchObject({ code: 'MACHINE_UNFIT' });
  });

  it('tells what to set when the daemon is elsewhere', async () => {
    const client = new DockerClient({
      name: 'tcp://far:2376',
      local: false,
      connection: { socketPath: docker.socketPath },
    });
    await expect(backendOf({ client }).deploy(deploymentOf(), signal)).rejects.toMatchObject({
      message: expect.stringContaining('AUTOTUNER_DOCKER_ADDRESS'),
    });
  });
});

describe('the image', () => {
  it('is pulled when it is missing, with progress and credentials', async () => {
    docker.images.clear();
    docker.pullLines = [
      { status: 'Pulling from lmsysorg/sglang', id: 'v1' },
      { status: 'Downloading', id: 'a', progressDetail: { current: 2 ** 30, total: 2 ** 31 } },
      { status: 'Pull complete', id: 'a' },
    ];
    const said: string[] = [];
    const registry = { username: 'somebody', password: 'env:REGISTRY' };
    await backendOf().deploy(deploymentOf({ registry }), signal, (message) => said.push(message));
    expect(said).toContain(`pulling ${IMAGE}: 1.0 of 2.0 GiB, 0 of 1 layers`);
    expect(said.at(-1)).toBe(`pulling ${IMAGE}: 2.0 of 2.0 GiB, 1 of 1 layers`);
    expect(JSON.parse(Buffer.from(docker.pullAuth[0] ?? '', 'base64').toString())).toEqual({
      username: 'somebody',
      password: 'token-of-registry',
      serveraddress: 'https://index.docker.io/v1/',
    });
    expect(docker.requests.join('\n')).not.toContain('token-of-registry');
  });

  it('that is not to be had ends the tune', async () => {
    docker.images.clear();
    docker.pullLines = [{ error: 'manifest for lmsysorg/sglang:v1 not found' }];
    await expect(backendOf().deploy(deploymentOf(), signal)).rejects.toMatchObject({ code: 'IMAGE_PULL_FAILED' });
    await expect(backendOf().deploy(deploymentOf({ pull: 'never' }), signal)).rejects.toMatchObject({
      code: 'IMAGE_PULL_FAILED',
    });
  });
});

/** One that was started, does not answer yet, and is watched. */
async function untilServingIsAwaited(): Promise<{
  readonly backend: DockerBackend;
  readonly waiting: ReturnType<DockerBackend['waitUntilServing']>;
}> {
  answers = false;
  const backend = backendOf();
  await backend.deploy(deploymentOf(), signal);
  const waiting = backend.waitUntilServing(deploymentOf(), 60_000, watching);
  waiting.catch(() => undefined);
  while (docker.listening === 0) await sleep(10);
  return { backend, waiting };
}

describe('an engine', () => {
  it('that answers serves, and its provenance says what runs', async () => {
    const backend = backendOf();
    await backend.deploy(deploymentOf(), signal);
    const info = await backend.waitUntilServing(deploymentOf(), 30_000, watching);
    expect(info).toMatchObject({ engine: 'sglang', version: `${IMAGE} sha256:5678`, model: join(dir, 'models', 'm') });
    expect(info.command.join(' ')).toBe(
      [
        `docker run --rm --publish 127.0.0.1:8000:8000 --volume ${join(dir, 'models', 'm')}:/model:ro --entrypoint python3 ${IMAGE}`,
        '-m sglang.launch_server --model-path /model --served-model-name m --host 0.0.0.0 --port 8000',
        '--enable-metrics --mem-fraction-static 0.6',
      ].join(' ')
    );
    expect((await backend.endpoint(deploymentOf())).baseUrl).toBe(`http://127.0.0.1:${docker.hostPort}`);
    expect(await backend.diagnose(deploymentOf())).toBeNull();
    expect(docker.listening).toBe(0);
  });

  it.each([
    ['exits', { code: 2 }, 'error: unrecognized arguments: --what', 'UNSUPPORTED_FLAG'],
    ['needs too much memory', { code: 137, oom: true }, 'Loading', 'OUT_OF_MEMORY'],
    ['is not in the image', { code: 127 }, 'exec: not found', 'ENGINE_NOT_FOUND'],
    ['is ended by somebody', { code: 137, by: ['kill'] }, 'Loading', 'ENGINE_CRASHED'],
  ])('that %s is noticed at once', async (_, end, log, code) => {
    answers = false;
    const backend = backendOf();
    await backend.deploy(deploymentOf({ memory: '2g' }), signal);
    container().log = `${log}\n`;
    const waiting = backend.waitUntilServing(deploymentOf({ memory: '2g' }), 60_000, watching);
    waiting.catch(() => undefined);
    while (docker.listening === 0) await sleep(10);
    await sleep(100);
    const looks = docker.requests.filter((line) => line.endsWith(`/containers/${NAME}/json`)).length;
    const at = performance.now();
    docker.end(NAME, end);
    await expect(waiting).rejects.toMatchObject({ code });
    expect(performance.now() - at).toBeLessThan(10_000);
    // Nobody asks again and again: one look at the beginning of the watch, and one for what was told.
    expect(looks).toBeLessThanOrEqual(5);
  });

  it('whose end was not told, since the daemon hung up, is noticed all the same', async () => {
    const { waiting } = await untilServingIsAwaited();
    Object.assign(container().state, { Status: 'exited', Running: false, ExitCode: 1 });
    docker.dropListeners();
    await expect(waiting).rejects.toMatchObject({ code: 'ENGINE_CRASHED' });
  });

  it('that never serves times out', async () => {
    answers = false;
    const backend = backendOf();
    await backend.deploy(deploymentOf(), signal);
    await expect(backend.waitUntilServing(deploymentOf(), 700, watching)).rejects.toMatchObject({
      code: 'ENGINE_START_TIMEOUT',
    });
  });

  it('that ends under load is noticed at once, and one that does not is watched no longer than wanted', async () => {
    const backend = backendOf();
    await backend.deploy(deploymentOf(), signal);
    const enough = new AbortController();
    const watched = backend.untilEnded(deploymentOf(), enough.signal);
    while (docker.listening === 0) await sleep(10);
    enough.abort(new Error('enough'));
    await expect(watched).rejects.toThrow('enough');
    const ended = backend.untilEnded(deploymentOf(), signal);
    while (docker.listening === 0) await sleep(10);
    docker.end(NAME, { code: 1 });
    await ended;
    expect(await backend.diagnose(deploymentOf())).toMatchObject({ code: 'ENGINE_CRASHED' });
  });

  it('that ran out of memory under load is told from one that was ended by hand', async () => {
    const backend = backendOf();
    await backend.deploy(deploymentOf(), signal);
    docker.end(NAME, { code: 137, oom: true });
    expect(await backend.diagnose(deploymentOf())).toMatchObject({ code: 'OUT_OF_MEMORY_UNDER_LOAD' });
  });

  it.each([137, 0])('that ended with a daemon that was restarted is not blamed for it: %i', async (code) => {
    const { backend, waiting } = await untilServingIsAwaited();
    docker.restart(code);
    const failure = { code: 'ENGINE_CRASHED', message: expect.stringContaining('restarted') };
    await expect(waiting).rejects.toMatchObject(failure);
    expect(await backend.diagnose(deploymentOf())).toMatchObject(failure);
  });
});

describe('tear-down', () => {
  it('keeps the log without secrets, and leaves nothing', async () => {
    const backend = backendOf();
    await backend.deploy(deploymentOf({ environment: { HF_TOKEN: 'env:HF_TOKEN' } }), signal);
    container().log = `the token is ${SECRET}\n`;
    expect(await backend.tearDown(NAME, dir)).toEqual([]);
    expect(await readFile(join(dir, 'engine.log'), 'utf8')).toBe('the token is ***\n');
    expect(docker.containers.size).toBe(0);
    await expect(stat(join(dir, 'docker', NAME))).rejects.toThrow();
    expect(await backend.tearDown(NAME, dir)).toEqual([]);
  });

  it('leaves alone what is not ours', async () => {
    const backend = backendOf();
    await backend.deploy(deploymentOf(), signal);
    container().body.Labels = {};
    expect(await backend.tearDown(NAME, null)).toEqual([]);
    expect(docker.containers.size).toBe(1);
  });
});

describe('what is owned', () => {
  it('are containers of this host, those of others with their expiry, and folders without a container', async () => {
    const [here, there] = [backendOf(), backendOf({ hostId: 'there', stateDir: join(dir, 'there') })];
    await here.deploy(deploymentOf(), signal);
    const [seenHere] = (await here.listOwned()).owned;
    expect(seenHere).toMatchObject({ name: NAME, kind: 'container', owner, alive: true });
    expect(seenHere).not.toHaveProperty('expiresAtMs');
    const [seenThere] = (await there.listOwned()).owned;
    expect(seenThere?.expiresAtMs).toBeGreaterThan(Date.now() + 100_000);
    docker.containers.clear();
    expect((await here.listOwned()).owned).toMatchObject([{ name: NAME, kind: 'container folder', alive: false }]);
    await mkdir(join(dir, 'docker', 'half-made'));
    expect(await here.leftovers()).toMatchObject([{ path: join(dir, 'docker', 'half-made') }]);
    await writeFile(join(dir, 'docker', NAME, 'lease.json'), '{}');
    expect((await here.listOwned()).owned).toEqual([]);
  });
});
