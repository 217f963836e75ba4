import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { parseTask } from '../domain/parse-task.js';
import type { TuningTask } from '../domain/task.schema.js';
import { warmUp } from './warm-up.js';

let dir: string;
let server: Server | undefined;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'warm-up-'));
  await writeFile(join(dir, 'key'), 'k');
});
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  await rm(dir, { recursive: true, force: true });
});

async function serve(handle: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  server = createServer(handle);
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function task(benchmark: object): TuningTask {
  const parsed = parseTask({
    task_name: 'x',
    backend: 'process',
    model: { name: 'm' },
    parameters: {},
    optimization: {},
    benchmark: { model_name: 'm', ...benchmark },
  });
  if (!('task' in parsed)) throw new Error(JSON.stringify(parsed.issues));
  return parsed.task;
}

const warm = (baseUrl: string, benchmark: object): Promise<void> =>
  warmUp({ baseUrl, modelName: 'm', apiKeyFile: join(dir, 'key') }, task(benchmark), new AbortController().signal);

describe('the warm-up', () => {
  it("sends the task's number of requests, as many at once as the highest concurrency", async () => {
    let seen = 0;
    let atOnce = 0;
    let most = 0;
    const url = await serve((_, response) => {
      seen++;
      most = Math.max(most, ++atOnce);
      setTimeout(() => {
        atOnce--;
        response.end(JSON.stringify({ choices: [{ message: { content: 'hello' } }] }));
      }, 20);
    });
    await warm(url, { warmup_requests: 7, num_concurrency: [1, 3] });
    expect([seen, most]).toEqual([7, 3]);
  });

  it('fails with what the engine answered', async () => {
    const url = await serve((_, response) => response.writeHead(500).end('broken'));
    await expect(warm(url, {})).rejects.toMatchObject({
      code: 'WRONG_ANSWERS',
      message: expect.stringContaining('500'),
    });
  });

  it('fails when the engine hangs up', async () => {
    const url = await serve((request) => request.socket.destroy());
    await expect(warm(url, {})).rejects.toMatchObject({ code: 'ENGINE_UNRESPONSIVE' });
  });
});
