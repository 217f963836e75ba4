import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { watchEngine } from './watch-engine.js';

let dir: string;
let server: Server | null = null;
let asked = 0;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'watch-'));
  asked = 0;
});
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  await rm(dir, { recursive: true, force: true });
});

async function serving(answer: RequestListener): Promise<string> {
  server = createServer((request, response) => {
    asked++;
    answer(request, response);
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function watched(baseUrl: string, forMs: number): Promise<object[]> {
  await writeFile(join(dir, 'key'), 'secret');
  const watch = watchEngine({ baseUrl, apiKeyFile: join(dir, 'key') }, join(dir, 'of', 'x.jsonl'), 100);
  watch.begin();
  watch.begin();
  await sleep(forMs);
  return [...(await watch.end())];
}

describe('an engine that is watched', () => {
  it('is asked again and again with its key, and once more at the end', async () => {
    const keys = new Set<unknown>();
    const url = await serving((request, response) => {
      keys.add(`${request.method} ${request.url} ${request.headers.authorization}`);
      response.end(`llamacpp:requests_processing ${asked}\n`);
    });
    const seen = await watched(url, 250);
    expect(seen.length).toBeGreaterThanOrEqual(2);
    expect(seen).toMatchObject(
      Array.from({ length: asked }, (_, i) => i + 1).map((running) => ({ engine: 'llama.cpp', running }))
    );
    expect([...keys]).toEqual(['GET /metrics Bearer secret']);
  });

  it('leaves to the next worker what was seen, whatever else is in the file', async () => {
    const url = await serving((_, response) => response.end('llamacpp:requests_processing 1\n'));
    const file = join(dir, 'of', 'x.jsonl');
    await watched(url, 50);
    await writeFile(file, `${await readFile(file, 'utf8')}{"atMs": 1, "engi\n[]\n{"atMs":1,"engine":"x"}\n`);
    const seen = await watched(url, 50);
    expect(seen.length).toBeGreaterThanOrEqual(3);
    expect(seen.every((reading) => 'running' in reading)).toBe(true);
  });

  it.each<[string, RequestListener]>([
    ['offers none', (_, response) => response.writeHead(501).end('{"error":{"code":501}}')],
    ['answers with something else', (_, response) => response.end('<html></html>')],
    ['answers without end', (_, response) => response.end(Buffer.alloc(5 * 2 ** 20, 'vllm:x 1\n'))],
  ])('is not asked a fourth time when it %s', async (_, answer) => {
    const seen = await watched(await serving(answer), 1200);
    expect(seen).toEqual([]);
    expect(asked).toBe(3);
  });

  it.each<[string, RequestListener]>([
    ['hangs', () => undefined],
    ['breaks off', (_, response) => void response.write('vllm:', () => response.destroy())],
    ['sends elsewhere', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:9/metrics' }).end()],
  ])('costs nothing but its readings when it %s', async (_, answer) => {
    const started = performance.now();
    expect(await watched(await serving(answer), 300)).toEqual([]);
    expect(performance.now() - started).toBeLessThan(4000);
  });

  it('may be gone, and its file in a place that is none', async () => {
    const watch = watchEngine({ baseUrl: 'http://127.0.0.1:1', apiKeyFile: null }, '/dev/null/x.jsonl');
    watch.begin();
    expect(await watch.end()).toEqual([]);
    expect(await watchEngine({ baseUrl: 'http://127.0.0.1:1', apiKeyFile: null }, join(dir, 'y')).end()).toEqual([]);
  });
});
