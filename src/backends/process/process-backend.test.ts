import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseTask } from '../../domain/task/parse-task.js';
import { OwnedProcesses } from '../../platform/owned-process.js';
import { isFree } from '../../platform/ports.js';
import { findMarked } from '../../platform/process-tree.js';
import { Secrets } from '../../platform/secrets.js';
import type { Deployment } from '../types.js';
import { ProcessBackend } from './process-backend.js';

let dir: string;
let processes: OwnedProcesses;
let backend: ProcessBackend;
let name: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'backend-'));
  processes = new OwnedProcesses(dir);
  backend = new ProcessBackend(processes, { modelsDir: dir, allowCommand: true });
  name = basename(dir).toLowerCase();
});
afterEach(async () => {
  await backend.tearDown(name, null);
  await rm(dir, { recursive: true, force: true });
});

function deployment(flags: string[], more: object = {}): Deployment {
  const parsed = parseTask({
    task_name: 'x',
    backend: 'process',
    engine: {
      command: [
        process.execPath,
        'test/support/stubs/stub-engine.mjs',
        '--port',
        '{port}',
        '--api-key-file',
        '{api_key_file}',
        ...flags,
      ],
    },
    model: { name: 'm' },
    parameters: { depth: { type: 'choice', values: [1] } },
    optimization: {},
    benchmark: { model_name: 'm' },
    ...more,
  });
  if (!('task' in parsed)) throw new Error(JSON.stringify(parsed.issues));
  const owner = { workflowId: 'tune/x/1', runId: 'r', taskName: 'x', experimentId: 1 };
  return { name, owner, task: parsed.task, combination: { depth: 1 } };
}
async function serve(target: Deployment, timeoutMs = 10_000): ReturnType<ProcessBackend['waitUntilServing']> {
  await backend.deploy(target);
  return backend.waitUntilServing(target, timeoutMs, {
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
}

const CANARY = 'canary-4711 "quoted" ü/+=';

describe('secrets of the engine', () => {
  const withSecrets = (allowed: string[]): ProcessBackend =>
    new ProcessBackend(new OwnedProcesses(dir, new Secrets({ CANARY, WORKER_TOKEN: 'worker-token-1' }, allowed)), {
      modelsDir: dir,
      allowCommand: true,
    });
  const environment = { HUB_TOKEN: 'env:CANARY', MODE: 'plain' };

  it('reach its environment, and nothing that is kept', async () => {
    process.env['WORKER_TOKEN'] = 'worker-token-1';
    backend = withSecrets(['CANARY']);
    const target = deployment(['--print-env', '--tell', 'HUB_TOKEN'], { process: { environment } });
    const info = await serve(target).finally(() => delete process.env['WORKER_TOKEN']);
    expect(info.version).toBe(`stub ${CANARY}`);
    expect(info.command.slice(0, 2)).toEqual(['env', 'MODE=plain']);
    const folder = processes.folder(name, 'engine');
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    for (const file of ['lease.json', 'spec.json']) {
      const text = await readFile(join(folder, file), 'utf8');
      expect(text).not.toContain('canary-4711');
      if (file === 'lease.json') expect(text).toContain('env:CANARY');
    }
    for (const pid of await findMarked(`${name}.engine`)) {
      expect(await readFile(`/proc/${pid}/cmdline`, 'utf8')).not.toContain('canary-4711');
      expect(await readFile(`/proc/${pid}/environ`, 'utf8')).not.toContain('worker-token-1');
    }
    // Another worker takes it down, which has never resolved the reference.
    backend = withSecrets(['CANARY']);
    await backend.tearDown(name, dir);
    const log = await readFile(join(dir, 'engine.log'), 'utf8');
    expect(log).toContain('HUB_TOKEN=*** {"HUB_TOKEN":"***"} ***');
    expect(log).toContain('MODE=plain');
    expect(log).not.toMatch(/canary/);
    expect(log).not.toContain(Buffer.from(CANARY).toString('base64').slice(4, 12));
  });

  it('are not in what is said of its end', async () => {
    backend = withSecrets(['CANARY']);
    const flags = ['--tell', 'HUB_TOKEN', '--exit-at-start', '1'];
    const error: unknown = await serve(deployment(flags, { process: { environment } })).catch(
      (thrown: unknown) => thrown
    );
    expect(error).toMatchObject({ code: 'ENGINE_CRASHED', evidence: ['cannot log in with ***'] });
    expect((error as Error).message).not.toContain('canary');
  });

  it('are refused where the worker does not let tasks use them, before anything starts', async () => {
    backend = withSecrets([]);
    await expect(backend.deploy(deployment([], { process: { environment } }))).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
      message: expect.stringContaining('AUTOTUNER_SECRETS=CANARY') as unknown,
    });
    expect(await processes.status(name, 'engine')).toBe('none');
  });
});

describe('the process backend', () => {
  it('knows every process of the host, and ends a way to a cluster that is no longer there', async () => {
    const { owner } = deployment([]);
    const lives = [process.execPath, '-e', 'setInterval(() => {}, 1000)'];
    await processes.start({ name, kind: 'forward', owner, port: null, env: {}, command: lives });
    expect(await backend.listOwned()).toMatchObject({ owned: [{ name, kind: 'forward', owner }], problems: [] });
    await backend.tearDown(name, null);
    expect(await findMarked(`${name}.forward`)).toEqual([]);
    expect(await backend.listOwned()).toEqual({ owned: [], problems: [] });
  });

  it('takes an engine down although its log cannot be kept', async () => {
    await serve(deployment([]));
    await backend.tearDown(name, join(dir, 'no', 'such', 'folder'));
    expect(await findMarked(`${name}.engine`)).toEqual([]);
    expect(await processes.list()).toEqual([]);
  });

  it('serves, is adopted by another worker, and is taken down with its port closed', async () => {
    const target = deployment([]);
    const { command } = await serve(target);
    expect(command).toEqual(expect.arrayContaining(['--depth', '1']));
    await new ProcessBackend(new OwnedProcesses(dir), { modelsDir: dir, allowCommand: true }).deploy(target);
    expect(await findMarked(`${name}.engine`)).toHaveLength(2);
    const { baseUrl } = await backend.endpoint(target);
    expect(await backend.diagnose(target)).toBeNull();
    await backend.tearDown(name, dir);
    expect(await isFree(Number(new URL(baseUrl).port))).toBe(true);
    expect(await findMarked(`${name}.engine`)).toEqual([]);
    expect(await readFile(join(dir, 'engine.log'), 'utf8')).toContain('listening');
  });

  it.each([
    ['CUDA out of memory. Tried to allocate 2 GiB', 'OUT_OF_MEMORY', " (the accelerator's memory was not enough)"],
    ['error: invalid argument: --depth', 'UNSUPPORTED_FLAG', ' (an argument was refused)'],
    ['something odd', 'ENGINE_CRASHED', ''],
  ])('sees an exit at once: %s', async (stderr, code, why) => {
    await expect(serve(deployment(['--stderr', stderr, '--exit-at-start', '1']), 60_000)).rejects.toMatchObject({
      code,
      message: `the engine exited with code 1${why}: ${stderr}`,
      evidence: [stderr],
    });
  });

  it('knows why an engine hangs at start when its log tells', async () => {
    const flags = ['--stderr', 'RuntimeError: CUDA out of memory. Tried to allocate 2 GiB', '--hang'];
    await expect(serve(deployment(flags), 3000)).rejects.toMatchObject({ code: 'OUT_OF_MEMORY' });
  });

  it('tells memory that runs out under load from memory that runs out at start', async () => {
    const words = 'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2 GiB';
    const target = deployment(['--dies-after', '1', '--last-words', words]);
    await serve(target);
    expect((await backend.diagnose(target))?.code).toBe('OUT_OF_MEMORY_UNDER_LOAD');
  });

  it('gives up on an engine that listens but never answers', async () => {
    await expect(serve(deployment(['--hang']), 1000)).rejects.toMatchObject({ code: 'ENGINE_START_TIMEOUT' });
  });

  it('does not take other answers for completions', async () => {
    await expect(serve(deployment(['--wrong-answers']), 3000)).rejects.toMatchObject({ code: 'WRONG_ANSWERS' });
  });

  it('tells who was to blame when the engine is gone later', async () => {
    const target = deployment([]);
    await serve(target);
    for (const pid of await findMarked(`${name}.engine`)) process.kill(pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(['OUT_OF_MEMORY_UNDER_LOAD', 'ENGINE_CRASHED']).toContain((await backend.diagnose(target))?.code);
  });

  it('asks for clear accelerators before the engine starts, keeps it to them, and reports what it left', async () => {
    const asked: unknown[] = [];
    const leak = { kind: 'accelerator', name: '0', reason: 'in use', command: 'nvidia-smi' };
    const onTwo = new ProcessBackend(
      processes,
      { modelsDir: dir, allowCommand: true },
      {
        startOn({ name: attempt, needed }, start) {
          asked.push([attempt, needed]);
          return start({ CUDA_VISIBLE_DEVICES: 'GPU-2' });
        },
        settle: async () => [leak],
        describe: () => '1 x Accelerator',
      }
    );
    const target = deployment([]);
    await onTwo.deploy(target);
    await onTwo.deploy(target);
    // The second call adopts the engine, whose own memory is then in use.
    expect(asked).toEqual([[name, null]]);
    const [pid] = await findMarked(`${name}.engine`);
    expect(await readFile(`/proc/${pid}/environ`, 'utf8')).toContain('CUDA_VISIBLE_DEVICES=GPU-2\0');
    expect(await onTwo.tearDown(name, null)).toEqual([leak]);
  });

  it('refuses a fixed port that is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    await expect(backend.deploy(deployment([], { process: { port } }))).rejects.toMatchObject({
      code: 'PORT_CONFLICT',
      message: `port ${port} on 127.0.0.1 is in use by process ${process.pid}`,
    });
    await new Promise((resolve) => server.close(resolve));
  });

  it('names the places where a model was looked for', async () => {
    await expect(backend.deploy(deployment([], { model: { name: 'm', path: 'no/such.gguf' } }))).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
    });
  });
});
