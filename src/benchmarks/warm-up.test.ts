import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { WarmUp } from '../domain/tuning/experiment.js';
import { parseTask } from '../domain/task/parse-task.js';
import type { TuningTask } from '../domain/task/task.schema.js';
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

const warm = (baseUrl: string, benchmark: object): Promise<WarmUp> =>
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
    const report = await warm(url, { warmup_requests: 7, num_concurrency: [1, 3] });
    expect([seen, most]).toEqual([7, 3]);
    expect(report).toEqual({ requests: 7, seconds: report.seconds });
    expect(report.seconds).toBeGreaterThan(0);
  });

  describe('until it is steady', () => {
    /** An engine that takes so long for its n-th request. */
    async function engine(millisecondsOf: (n: number) => number): Promise<{ url: string; prompts: string[] }> {
      const prompts: string[] = [];
      const url = await serve((request, response) => {
        const number = prompts.push('') - 1;
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          const body = JSON.parse(Buffer.concat(chunks).toString()) as { messages: [{ content: string }] };
          prompts[number] = body.messages[0].content;
          setTimeout(
            () => response.end(JSON.stringify({ choices: [{ message: { content: 'hello' } }] })),
            millisecondsOf(number)
          );
        });
      });
      return { url, prompts };
    }

    it('goes on as long as the engine gets faster', async () => {
      // Steps of a factor, so far apart that no delay of this machine hides them.
      const { url, prompts } = await engine((n) => (n < 4 ? 400 : n < 8 ? 200 : 100));
      const report = await warm(url, { warm_up: 'steady' });
      expect(report).toMatchObject({ requests: prompts.length, steady: true });
      expect(prompts.length).toBeGreaterThanOrEqual(12);
      expect(report.seconds).toBeGreaterThan(2.5);
    });

    it('sends prompts as long as those of the loads, which have no beginning in common', async () => {
      const { url, prompts } = await engine(() => 20);
      await warm(url, { warm_up: 'steady', traffic_scenarios: ['D(100,10)', 'D(1000,10)'] });
      expect(new Set(prompts.map((prompt) => prompt.split(' ')[0])).size).toBe(prompts.length);
      const words = prompts.map((prompt) => prompt.split(' ').length);
      expect(words).toContain(61);
      expect(words).toContain(601);
    });

    it('gives up after a number of requests, and says so', async () => {
      const { url, prompts } = await engine((n) => (n % 8 < 4 ? 5 : 60));
      const report = await warm(url, { warm_up: 'steady', warmup_requests: 0 });
      expect(report.steady).toBe(false);
      expect(prompts.length).toBe(48);
    });

    it('is no shorter than the requests that the task asks for', async () => {
      const { url, prompts } = await engine(() => 20);
      await warm(url, { warm_up: 'steady', warmup_requests: 30 });
      expect(prompts.length).toBeGreaterThanOrEqual(30);
    });
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
