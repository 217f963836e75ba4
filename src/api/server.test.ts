/** What clients meet at the edges: problems, limits, keys, lists. What comes from a tune is in test/integration/api.test.ts. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { InjectOptions } from 'fastify';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Problem } from '../contracts/http/common.js';
import type { StartedTune } from '../contracts/http/tunes.js';
import type { Validation } from '../contracts/http/tasks.js';
import { TASK, testApi, type TestApi } from '../../test/support/api.js';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api.close());

const call = (options: InjectOptions, of: TestApi = api) =>
  of.app.inject({ ...options, headers: { host: 'localhost', ...options.headers } });
const post = (url: string, payload: object | string, headers: Record<string, string> = {}) =>
  call({ method: 'POST', url, payload, headers: { 'content-type': 'application/json', ...headers } });

describe('problems', () => {
  it('say what is wrong, where, and of which kind (RFC 9457)', async () => {
    const { statusCode, headers, json } = await call({ url: '/api/v1/tunes/absent' });
    expect(statusCode).toBe(404);
    expect(headers['content-type']).toContain('application/problem+json');
    expect(json<Problem>()).toMatchObject({
      ...{ type: 'urn:autotuner:problem:not-found', code: 'not-found', status: 404 },
      ...{ instance: '/api/v1/tunes/absent', detail: expect.stringContaining('there is no tune of') },
    });
  });

  it.each([
    ['a limit', '/api/v1/tunes?limit=0', ['query', 'limit']],
    ['a word that is none', '/api/v1/tunes?status=great', ['query', 'status']],
    ['a number', '/api/v1/tunes/t/experiments/-1', ['path', 'number']],
  ])('name %s of a request', async (_, url, path) => {
    const { statusCode, json } = await call({ url });
    expect(statusCode).toBe(400);
    expect(json<Problem>().issues?.[0]?.path).toEqual(path);
  });

  it('are what JSON that is none, a body that is too large and a method that is not there get', async () => {
    expect((await post('/api/v1/tunes', '{')).statusCode).toBe(400);
    expect((await post('/api/v1/tunes', { source: 'x'.repeat(1024 * 1024) })).statusCode).toBe(413);
    expect((await call({ method: 'PUT', url: '/api/v1/tunes' })).statusCode).toBe(404);
    expect((await post('/api/v1/tunes', '{"__proto__": {"task": {}}}')).statusCode).toBe(400);
  });

  it('say that what was not asked for at the start is not there', async () => {
    for (const url of ['/api/v1/history', '/api/v1/history/noise', '/api/v1/guide/none'])
      expect([501, 404]).toContain((await call({ url })).statusCode);
  });
});

describe('tasks', () => {
  it('are checked as text, with line and column', async () => {
    const source = 'task_name: t\nmodel:\n  name: m\nparameters: {}\nbackend: cloud\n';
    const { valid, issues, file } = (await post('/api/v1/tasks/validate', { source })).json<Validation>();
    expect(valid).toBe(false);
    expect(issues).toContainEqual(expect.objectContaining({ path: ['backend'], line: 5, column: 1 }));
    expect(file).toMatchObject({ task_name: 't' });
  });

  it('are checked as objects, and given back with every default, and as YAML', async () => {
    const answer = (await post('/api/v1/tasks/validate', { task: TASK })).json<Validation>();
    expect(answer).toMatchObject({ valid: true, issues: [], space: { size: 2, allowed: 2, exact: true } });
    expect(answer.task).toMatchObject({ optimization: { parallelism: 1 } });
    const again = (await post('/api/v1/tasks/validate', { source: answer.yaml })).json<Validation>();
    expect(again.file).toEqual(TASK);
  });

  it.each([
    ['neither', {}],
    ['both', { source: 'a', task: {} }],
  ])('must be text or object, and not %s', async (_, body) => {
    expect((await post('/api/v1/tasks/validate', body)).statusCode).toBe(400);
  });

  it('are planned, with their lines', async () => {
    const { statusCode, json } = await post('/api/v1/tasks/plan', { task: TASK });
    expect(statusCode).toBe(200);
    expect(json()).toMatchObject({
      ...{ taskName: 'small', combinations: { size: 2 }, first: { isExample: false } },
      lines: expect.arrayContaining([{ label: 'task', text: 'small' }]),
    });
  });

  it('that are wrong have no plan', async () => {
    const { statusCode, json } = await post('/api/v1/tasks/plan', { task: { ...TASK, parameters: 3 } });
    expect(statusCode).toBe(422);
    expect(json<Problem>()).toMatchObject({ code: 'invalid-task', issues: [{ path: ['parameters'] }] });
  });
});

describe('starting a tune', () => {
  const start = (name: string, headers: Record<string, string> = {}, options?: object) =>
    post('/api/v1/tunes', { task: { ...TASK, task_name: name }, ...(options ? { options } : {}) }, headers);

  it('says what was started, and where it is', async () => {
    const { statusCode, headers, json } = await start('one');
    expect(statusCode).toBe(201);
    expect(headers['location']).toBe('/api/v1/tunes/one');
    expect(json<StartedTune>()).toMatchObject({ tune: { id: 'one', status: 'running' }, hasWorkers: false });
    expect((await start('one')).statusCode).toBe(409);
  });

  it('happens once under a key, also when it is asked for twice at once', async () => {
    const key = { 'idempotency-key': 'k-1' };
    const before = api.started.length;
    const [first, second] = await Promise.all([start('keyed', key), start('keyed', key)]);
    const third = await start('keyed', key);
    expect([first, second, third].map(({ statusCode }) => statusCode)).toEqual([201, 200, 200]);
    expect(third.headers['idempotency-replayed']).toBe('true');
    expect(new Set([first, second, third].map((one) => one.json<StartedTune>().tune.runId)).size).toBe(1);
    expect(api.started.length).toBe(before + 1);
  });

  it('knows a key after a restart, by what is kept with the run', async () => {
    await start('kept', { 'idempotency-key': 'k-2' });
    const memo = api.started.at(-1)?.memo;
    expect(JSON.stringify(memo)).not.toContain('k-2');
    const next = await testApi({ client: api.client });
    const again = await next.app.inject({
      ...{ method: 'POST', url: '/api/v1/tunes', payload: { task: { ...TASK, task_name: 'kept' } } },
      headers: { host: 'localhost', 'idempotency-key': 'k-2' },
    });
    expect(again.statusCode).toBe(200);
    await next.close();
  });

  it('refuses a key with another request, and a key that is none', async () => {
    await start('first', { 'idempotency-key': 'k-3' });
    const other = await start('second', { 'idempotency-key': 'k-3' });
    expect([other.statusCode, other.json<Problem>().code]).toEqual([422, 'key-reused']);
    expect((await start('third', { 'idempotency-key': 'x'.repeat(201) })).statusCode).toBe(400);
  });

  it('takes what the command line takes: A/A, direct, without reuse', async () => {
    const { statusCode, json } = await start('noise', {}, { aa: 3, direct: true, reuse: false });
    expect(statusCode).toBe(201);
    expect(json<StartedTune>().tune.id).toBe('noise-aa');
    expect(api.started.at(-1)?.args[0]).toMatchObject({ aa: 3, benchmark: { runner: 'genai-bench' } });
  });
});

describe('limits', () => {
  it('of requests are told before they are met', async () => {
    const slow = await testApi({ requestsPerMinute: 3 });
    const codes: number[] = [];
    for (let i = 0; i < 5; i++) codes.push((await call({ url: '/healthz' }, slow)).statusCode);
    expect(codes).toEqual([200, 200, 200, 429, 429]);
    const refused = await call({ url: '/healthz' }, slow);
    expect(refused.json<Problem>().code).toBe('too-many-requests');
    expect(refused.headers['retry-after']).toBeDefined();
    await slow.close();
  });
});

describe('the server', () => {
  it('tells what it is, and that it is well', async () => {
    expect((await call({ url: '/readyz' })).json()).toEqual({
      ...{ status: 'ready', temporal: true, history: null, workers: false },
    });
    expect((await call({ url: '/api/v1/about' })).json()).toMatchObject({
      access: { tokens: false, mayWrite: true },
      features: { history: false },
      failures: { OUT_OF_MEMORY: { nextStep: expect.any(String) } },
    });
    expect((await call({ url: '/metrics' })).body).toContain('autotuner_api_request_seconds_bucket');
    expect((await call({ url: '/' })).body).toContain('is not built');
    expect(api.errors).toEqual([]);
  });

  it('compresses what is large for those who can read that', async () => {
    const asked = { url: '/openapi.json', headers: { 'accept-encoding': 'gzip, br' } };
    const { headers, rawPayload } = await call(asked);
    const plain = await call({ url: '/openapi.json' });
    expect([headers['content-encoding'], headers['vary']]).toEqual(['gzip', 'accept-encoding']);
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(gunzipSync(rawPayload).equals(plain.rawPayload)).toBe(true);
    expect((await call({ ...asked, url: '/healthz' })).headers['content-encoding']).toBeUndefined();
  });

  it('does not take what is compressed: a small body could be a large one', async () => {
    const payload = gzipSync(JSON.stringify({ task: TASK }));
    const { statusCode } = await call({
      ...{ method: 'POST', url: '/api/v1/tasks/validate', payload },
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
    });
    expect(statusCode).toBe(400);
  });
});
