import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KubeConfig } from '@kubernetes/client-node';
import fc from 'fast-check';
import { damaged, strange } from '../../../test/support/garbage.js';
import { Cluster, type CustomKind } from './cluster.js';
import type { Manifest } from './manifest.js';
import { ClusterError } from './cluster-errors.js';

const KIND: CustomKind = { group: 'g', version: 'v1', kind: 'Thing', plural: 'things', namespaced: true };
const THING = { apiVersion: 'g/v1', kind: 'Thing', metadata: { name: 't', uid: 'u', labels: { a: 'b' } } };

let server: Server;
let answer = '{}';
let cluster: Cluster;
beforeAll(async () => {
  server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [
      { name: 'c', server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, skipTLSVerify: true },
    ],
    users: [{ name: 'u' }],
    contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
    currentContext: 'x',
  });
  cluster = new Cluster(config);
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const check = (object: Manifest | null): void => {
  if (object) expect(object.metadata.name.length).toBeGreaterThan(0);
};

describe('an API server that answers with anything', () => {
  it('is read as far as it can be', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(strange, damaged(THING), damaged({ items: [THING, THING] })), async (value) => {
        answer = JSON.stringify(value) ?? 'null';
        for (const { metadata } of (await cluster.list(KIND, 'n', {})).items) expect(metadata.name).not.toBe('');
        await cluster.get(KIND, 'n', 't').then(check, (error: unknown) => {
          expect(error).toBeInstanceOf(ClusterError);
        });
      })
    );
  });
});
