/** Whatever is sent: no answer is our mistake. `npm run bench:fuzz` sends 100,000 to a real server. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { InjectOptions } from 'fastify';
import { testApi, type TestApi } from '../../test/support/api.js';
import { fuzzRequests } from '../../test/support/fuzz-requests.js';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api.close());

it('answers any request with something below 500, problems with a code', async () => {
  await fc.assert(
    fc.asyncProperty(fuzzRequests(api.endpoints), async ({ method, url, headers, payload }) => {
      const answer = await api.app.inject({
        ...{ method: method as NonNullable<InjectOptions['method']>, url, payload },
        headers: { host: 'localhost', ...headers },
      });
      // What this server was started without is said in that way.
      if (answer.statusCode === 501) return;
      expect([answer.statusCode < 500, api.errors]).toEqual([true, []]);
      if (answer.statusCode >= 400 && method !== 'HEAD') expect(answer.json()).toHaveProperty('code');
    }),
    { numRuns: 1500 }
  );
}, 120_000);
