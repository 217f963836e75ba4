/** The backend alone with a real daemon: what containers do when engines fail, and what is left of them. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { DockerBackend } from '../../src/backends/docker/docker-backend.js';
import type { Deployment } from '../../src/backends/types.js';
import { probeCompletion } from '../../src/platform/completion-client.js';
import { DockerClient } from '../../src/platform/docker/docker-client.js';
import { findDockerHost } from '../../src/platform/docker/docker-host.js';
import { Secrets } from '../../src/platform/secrets.js';
import { taskOf } from '../support/tasks.js';
import { containers, daemon, engineProcess, engineProcesses, IMAGE, networks } from './support.js';

const owner = { workflowId: 'tune/x/1', runId: 'r', taskName: 'x', experimentId: 1 };
const signal = new AbortController().signal;
const watching = { signal, onProgress: () => undefined };

let dir: string;
let name: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'docker-backend-'));
});
afterEach(async () => {
  expect(await backendOf().tearDown(name, null)).toEqual([]);
  expect(await containers()).toEqual([]);
  expect(await engineProcesses(name)).toEqual([]);
});
afterAll(async () => {
  expect(await networks()).toEqual([]);
  await rm(dir, { recursive: true, force: true });
});

/** As after a restart of the worker: it knows nothing but what is on disk and in the daemon. */
function backendOf(): DockerBackend {
  const host = findDockerHost();
  if (!host) throw new Error('there is no daemon');
  return new DockerBackend({
    client: new DockerClient(host),
    ...{ stateDir: dir, hostId: 'here', network: null, address: null },
    modelsDir: process.env['AUTOTUNER_MODELS_DIR'] || resolve('.cache/models'),
    policy: { images: ['*'], environment: [], volumes: [], allowCommand: true },
    secrets: new Secrets({}),
    accelerators: null,
    longestSeconds: () => 600,
  });
}

function deploymentOf(settings: object = {}): Deployment {
  const task = taskOf({
    backend: 'docker',
    model: { name: 'smollm2-135m-instruct' },
    engine_args: { ctx_size: 512, threads: 1, parallel: 1 },
    parameters: { batch_size: { type: 'choice', values: [256] } },
    docker: { image: IMAGE, pull: 'never', ...settings },
  });
  name = `x-exp1-${randomUUID().slice(0, 10).replace('-', '0')}`;
  return { name, owner, task, combination: { batch_size: 256 } };
}

describe('an engine in a container', () => {
  it('serves the real model on loopback alone, is adopted, and leaves a log and nothing else', async () => {
    const deployment = deploymentOf({ shm_size: '64m', ulimits: { nofile: 4096 }, cpus: 2 });
    await backendOf().deploy(deployment, signal);
    const [pid] = await engineProcesses(name);
    await backendOf().deploy(deployment, signal);
    expect((await engineProcesses(name))[0]).toBe(pid);
    const info = await backendOf().waitUntilServing(deployment, 120_000, watching);
    expect(info.version).toMatch(/^inference-autotuner\/local-engine:1 sha256:[0-9a-f]{64} \S/);
    expect(info.command.slice(0, 2)).toEqual(['docker', 'run']);
    const { baseUrl, modelName, apiKeyFile } = await backendOf().endpoint(deployment);
    const ask = (apiKey: string): ReturnType<typeof probeCompletion> =>
      probeCompletion({ baseUrl, modelName, apiKey, maxTokens: 1, timeoutMs: 30_000, signal });
    expect(await ask(await readFile(apiKeyFile ?? '', 'utf8'))).toMatchObject({ state: 'served' });
    // Its key is its own: others on this machine get nothing.
    expect(await ask('another')).toMatchObject({ state: 'wrong' });
    const { HostConfig, NetworkSettings } = await daemon().getContainer(name).inspect();
    expect(NetworkSettings.Ports['8000/tcp']).toEqual([{ HostIp: '127.0.0.1', HostPort: new URL(baseUrl).port }]);
    expect(HostConfig).toMatchObject({ Privileged: false, ShmSize: 64 * 2 ** 20, NanoCpus: 2e9 });
    expect(await backendOf().tearDown(name, dir)).toEqual([]);
    expect(await readFile(join(dir, 'engine.log'), 'utf8')).toContain('model loaded');
  });

  it('that needs more memory than it may have is told so within seconds', async () => {
    const deployment = deploymentOf({ memory: '80m' });
    await backendOf().deploy(deployment, signal);
    const at = performance.now();
    await expect(backendOf().waitUntilServing(deployment, 120_000, watching)).rejects.toMatchObject({
      code: 'OUT_OF_MEMORY',
      message: expect.stringContaining('80m'),
    });
    expect(performance.now() - at).toBeLessThan(30_000);
  });

  it('that is killed while it serves is diagnosed: by the kernel, and by somebody with Docker', async () => {
    const deployment = deploymentOf();
    await backendOf().deploy(deployment, signal);
    await backendOf().waitUntilServing(deployment, 120_000, watching);
    await daemon().getContainer(name).kill();
    expect(await backendOf().diagnose(deployment)).toMatchObject({
      code: 'ENGINE_CRASHED',
      message: expect.stringContaining('through Docker'),
    });
    expect(await backendOf().tearDown(name, null)).toEqual([]);
    const next = deploymentOf();
    await backendOf().deploy(next, signal);
    const waiting = backendOf().waitUntilServing(next, 120_000, watching);
    waiting.catch(() => undefined);
    process.kill(await engineProcess(name), 'SIGKILL');
    await expect(waiting).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' });
  });

  it('that cannot be started is told why', async () => {
    const start = (settings: object): Promise<void> => backendOf().deploy(deploymentOf(settings), signal);
    const nothing = deploymentOf({ entrypoint: ['nothing'] });
    await backendOf().deploy(nothing, signal);
    await expect(backendOf().waitUntilServing(nothing, 60_000, watching)).rejects.toMatchObject({
      code: 'ENGINE_NOT_FOUND',
    });
    await backendOf().tearDown(name, null);
    await expect(start({ devices: [0] })).rejects.toMatchObject({ code: 'MACHINE_UNFIT' });
    await backendOf().tearDown(name, null);
    await expect(start({ user: 'nobody-of-this-name' })).rejects.toMatchObject({ code: 'INVALID_TASK' });
    await backendOf().tearDown(name, null);
    // There is no registry at this address.
    await expect(start({ image: '127.0.0.1:9/x:1', pull: 'missing' })).rejects.toMatchObject({
      code: 'IMAGE_PULL_FAILED',
    });
    await expect(start({ image: 'x:1' })).rejects.toMatchObject({ code: 'IMAGE_PULL_FAILED' });
    const taken = await listenSomewhere();
    const { port } = taken.address() as AddressInfo;
    await expect(start({ port })).rejects.toMatchObject({ code: 'PORT_CONFLICT' });
    taken.close();
  });
});

function listenSomewhere(): Promise<Server> {
  const server = createServer();
  return new Promise((done) => server.listen(0, '127.0.0.1', () => done(server)));
}
