import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { parseTask } from '../domain/task/parse-task.js';
import type { PrefixCache } from '../domain/tuning/experiment.js';
import type { TuningTask } from '../domain/task/task.schema.js';
import { resetPrefixCache, withPrefixCache } from './prefix-cache.js';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** An engine that answers its n-th request with the n-th status and text, and later ones as the last. */
async function serve(...answers: readonly (readonly [number, string])[]): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    const [status, text] = answers[Math.min(asked.length, answers.length) - 1] ?? [404, ''];
    response.writeHead(status).end(text);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function taskOf(engine: unknown, benchmark: object = {}): TuningTask {
  const file = { task_name: 'x', backend: 'process', engine, model: { name: 'm' }, parameters: {}, optimization: {} };
  const parsed = parseTask({ ...file, benchmark: { model_name: 'm', ...benchmark } });
  if (!('task' in parsed)) throw new Error(JSON.stringify(parsed.issues));
  return parsed.task;
}

const reset = (baseUrl: string, task: TuningTask, signal = new AbortController().signal): Promise<PrefixCache> =>
  resetPrefixCache({ baseUrl, modelName: 'm', apiKeyFile: null }, task, signal);

describe('the prefix cache', () => {
  it.each([
    ['sglang', 'POST /flush_cache Bearer none'],
    ['vllm', 'POST /reset_prefix_cache Bearer none'],
  ])('of %s is reset', async (engine, expected) => {
    const { url, asked } = await serve([200, '']);
    expect(await reset(url, taskOf(engine))).toBe('reset');
    expect(asked).toEqual([expected]);
  });

  it('is tried again while the engine winds up its last request', async () => {
    const { url, asked } = await serve(
      [400, 'running requests'],
      [200, '{"success":false}'],
      [200, '{"success":true}']
    );
    expect(await reset(url, taskOf('sglang'))).toBe('reset');
    expect(asked).toHaveLength(3);
  });

  it('is said not to be reset where the engine does not offer it, is gone, or is unknown', async () => {
    const { url, asked } = await serve([404, '']);
    expect(await reset(url, taskOf('vllm'))).toBe('not-reset');
    expect(await reset('http://127.0.0.1:9', taskOf('vllm'))).toBe('not-reset');
    const before = asked.length;
    expect(await reset(url, taskOf({ command: ['engine'] }))).toBe('not-reset');
    expect(asked).toHaveLength(before);
  });

  it('of llama.cpp is not used, unless the task says otherwise', async () => {
    const task = taskOf('llama.cpp', { additional_params: { temperature: 0 } });
    expect(withPrefixCache(task).additional_params).toEqual({ temperature: 0, cache_prompt: false });
    expect(await reset('http://127.0.0.1:9', task)).toBe('off');
    const own = taskOf('llama.cpp', { additional_params: { cache_prompt: true } });
    expect(withPrefixCache(own)).toBe(own.benchmark);
    expect(await reset('http://127.0.0.1:9', own)).toBe('kept');
  });

  it('is kept where the task wants that', async () => {
    const { url, asked } = await serve([200, '']);
    for (const engine of ['sglang', 'llama.cpp']) {
      const task = taskOf(engine, { prefix_cache: 'keep' });
      expect(await reset(url, task)).toBe('kept');
      expect(withPrefixCache(task)).toBe(task.benchmark);
    }
    expect(asked).toEqual([]);
  });

  it('is not waited for when the experiment is cancelled', async () => {
    const { url } = await serve([400, '']);
    const controller = new AbortController();
    const waiting = reset(url, taskOf('sglang'), controller.signal);
    controller.abort(new Error('cancelled'));
    await expect(waiting).rejects.toThrow('cancelled');
  });
});
