/** Every route with every credential: what needs a token refuses without one, and what writes refuses one that may only read. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Endpoint } from '../endpoint.js';
import { READ_TOKEN, testApi, TOKENS, WRITE_TOKEN, type TestApi } from '../../../test/support/api.js';

type Headers = Record<string, string>;
const bearer = (token: string): Headers => ({ authorization: `Bearer ${token}` });

/** By name, with what each may do. */
const CREDENTIALS: readonly (readonly [string, Headers, 'none' | 'read' | 'write'])[] = [
  ['nothing', {}, 'none'],
  ['a wrong token', bearer('wrong-wrong-wrong-wrong'), 'none'],
  ['a prefix of a token', bearer(WRITE_TOKEN.slice(0, -1)), 'none'],
  ['another scheme', { authorization: `Basic ${Buffer.from(`a:${WRITE_TOKEN}`).toString('base64')}` }, 'none'],
  ['a wrong cookie', { cookie: 'autotuner_token=wrong-wrong-wrong-wrong' }, 'none'],
  ['a token in the address', { 'x-token': WRITE_TOKEN }, 'none'],
  ['a read token', bearer(READ_TOKEN), 'read'],
  ['a read cookie', { cookie: `a=b; autotuner_token=${READ_TOKEN}` }, 'read'],
  [
    'a wrong token with a write cookie',
    { ...bearer('wrong-wrong-wrong-wrong'), cookie: `autotuner_token=${WRITE_TOKEN}` },
    'none',
  ],
  ['a write token', bearer(WRITE_TOKEN), 'write'],
  ['a write cookie', { cookie: `autotuner_token=${WRITE_TOKEN}` }, 'write'],
];

function expected(access: Endpoint['access'], grant: 'none' | 'read' | 'write'): number | null {
  if (access === 'open') return null;
  if (grant === 'none') return 401;
  return access === 'write' && grant === 'read' ? 403 : null;
}

let api: TestApi;
beforeAll(async () => {
  api = await testApi({ tokens: TOKENS, host: '0.0.0.0' });
});
afterAll(() => api.close());

const urlOf = ({ path }: Endpoint): string => path.replace(':id', 'some-tune').replace(':number', '1');

describe('every route with every credential', () => {
  it.each(CREDENTIALS)('%s', async (_, headers, grant) => {
    for (const endpoint of api.endpoints) {
      // Streams are opened only by those who may.
      if (endpoint.stream && expected(endpoint.access, grant) === null) continue;
      const { statusCode } = await api.app.inject({
        ...{ method: endpoint.method, url: urlOf(endpoint) },
        headers: { host: '127.0.0.1:8400', ...headers },
      });
      const wanted = expected(endpoint.access, grant);
      const place = `${endpoint.method} ${endpoint.path}`;
      if (wanted === null) expect([place, [401, 403].includes(statusCode)]).toEqual([place, false]);
      else expect([place, statusCode]).toEqual([place, wanted]);
    }
  });

  it('covers every route that the server has', () => {
    const methods = [...api.app.printRoutes({ commonPrefix: false }).matchAll(/\(([A-Z, ]+)\)/g)];
    const routes = methods.flatMap(([, all = '']) => all.split(', ')).filter((method) => method !== 'HEAD');
    // And the page that says that the application is not built.
    expect(routes).toHaveLength(api.endpoints.length + 1);
    for (const { method, path: url } of api.endpoints) expect(api.app.hasRoute({ method, url })).toBe(true);
    const writes = api.endpoints
      .filter(({ access }) => access === 'write')
      .map(({ method, path }) => `${method} ${path}`);
    // Whatever changes something needs a write token; the others of these methods change nothing.
    const harmless = ['/api/v1/tasks/validate', '/api/v1/tasks/plan', '/api/v1/session'];
    const changing = api.endpoints.filter(({ method, path }) => method !== 'GET' && !harmless.includes(path));
    expect(changing.map(({ method, path }) => `${method} ${path}`)).toEqual(writes);
  });

  it('has no other route but pages of the application, HEAD and what is not there', async () => {
    for (const url of ['/api/v1/nothing', '/api', '/admin', '/api/v1/tunes/a/b/c/d', '/..%2f..%2fetc/passwd']) {
      const { statusCode } = await api.app.inject({ url, headers: { host: '127.0.0.1' } });
      expect([url, statusCode]).toEqual([url, 404]);
    }
  });

  it('gives the browser its token in a cookie that scripts cannot read and other sites cannot send', async () => {
    const { headers, statusCode } = await api.app.inject({
      ...{ method: 'POST', url: '/api/v1/session' },
      headers: { host: '127.0.0.1', ...bearer(READ_TOKEN) },
    });
    expect(statusCode).toBe(200);
    expect(headers['set-cookie']).toBe(`autotuner_token=${READ_TOKEN}; HttpOnly; SameSite=Strict; Path=/`);
  });
});
