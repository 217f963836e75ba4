import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TASK, testApi, TOKENS, type TestApi } from '../../../test/support/api.js';

let api: TestApi;
beforeAll(async () => {
  api = await testApi({ names: ['tuner.example.org'] });
});
afterAll(() => api.close());

const get = async (host: string, url = '/healthz'): Promise<number> =>
  (await api.app.inject({ url, headers: { host } })).statusCode;

describe('the Host of a request', () => {
  it.each([
    '127.0.0.1',
    '127.0.0.1:8400',
    'localhost:8400',
    '[::1]:8400',
    'LOCALHOST',
    'tuner.example.org',
    '127.8.9.1',
  ])('may be %s', async (host) => expect(await get(host)).toBe(200));

  // A name of somebody else that was made to point at this machine: DNS rebinding.
  it.each([
    'evil.example.com',
    'evil.example.com:8400',
    'localhost.evil.example.com',
    '127.0.0.1.nip.io',
    'tuner.example.org.evil.com',
    '192.168.1.5:8400',
    '0.0.0.0:8400',
    'localhost:8400@evil.com',
    'localhost:port',
    '[::1',
  ])('may not be %s, for no address', async (host) => {
    for (const url of ['/healthz', '/api/v1/tunes', '/', '/openapi.json']) expect(await get(host, url)).toBe(421);
  });

  it('may be any address, and no other name, where it listens for others', async () => {
    const open = await testApi({ host: '0.0.0.0', tokens: TOKENS });
    const of = async (host: string): Promise<number> =>
      (await open.app.inject({ url: '/healthz', headers: { host } })).statusCode;
    expect(await Promise.all(['10.1.2.3:8400', '[fe80::1]', 'localhost', 'evil.example.com'].map(of))).toEqual([
      ...[200, 200, 200, 421],
    ]);
    await open.close();
  });
});

describe('a write from a page', () => {
  const write = async (headers: Record<string, string>): Promise<number> => {
    const url = '/api/v1/tunes/some/pause';
    return (await api.app.inject({ method: 'POST', url, headers: { host: 'localhost:8400', ...headers } })).statusCode;
  };

  it('is taken from our own page, and from programs', async () => {
    expect(await write({ origin: 'http://localhost:8400' })).toBe(404);
    expect(await write({})).toBe(404);
    expect(await write({ 'sec-fetch-site': 'same-origin' })).toBe(404);
  });

  it.each([
    { origin: 'http://evil.example.com' },
    { origin: 'http://localhost:8401' },
    { origin: 'null' },
    { origin: 'file://' },
    { origin: 'http://localhost:8400.evil.com' },
    { origin: 'garbage' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('is refused with %j', async (headers) => expect(await write(headers)).toBe(403));

  it('changes nothing when it is refused', async () => {
    const headers = { host: 'localhost:8400', origin: 'http://evil.example.com' };
    const sent = await api.app.inject({ method: 'POST', url: '/api/v1/tunes', headers, payload: { task: TASK } });
    expect(sent.statusCode).toBe(403);
    expect(api.started).toEqual([]);
  });

  it('cannot be a form: only JSON is read', async () => {
    const headers = { host: 'localhost:8400', 'content-type': 'text/plain' };
    const payload = JSON.stringify({ task: TASK });
    const sent = await api.app.inject({ method: 'POST', url: '/api/v1/tunes', headers, payload });
    expect(sent.statusCode).toBe(415);
  });
});

describe('headers', () => {
  it('let nothing from elsewhere into a page, and nobody put it into theirs', async () => {
    const { headers } = await api.app.inject({ url: '/', headers: { host: 'localhost' } });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' });
    expect(headers['access-control-allow-origin']).toBeUndefined();
  });
});

describe('a server for others', () => {
  it('does not start without tokens', async () => {
    await expect(testApi({ host: '0.0.0.0' })).rejects.toThrow(/AUTOTUNER_API_TOKENS_FILE/);
    await expect(testApi({ host: '192.168.1.5' })).rejects.toThrow(/write a token/);
    await expect(testApi({ host: '::' })).rejects.toThrow(/write a token/);
  });
});
