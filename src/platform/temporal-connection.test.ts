import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, describe, expect, it } from '@jest/globals';
import { followApiKey, readTemporalConnection } from './temporal-connection.js';

const dir = mkdtempSync(join(tmpdir(), 'temporal-connection-'));
afterAll(() => rmSync(dir, { recursive: true }));
const file = (name: string, text: string): string => {
  writeFileSync(join(dir, name), text);
  return join(dir, name);
};
// No profile of whoever runs the tests.
const NONE = { TEMPORAL_CONFIG_FILE: join(dir, 'no-profile.toml') };

describe('the connection to Temporal', () => {
  it('is plain, to nowhere in particular, by default', () => {
    expect(readTemporalConnection(NONE)).toEqual({
      namespace: undefined,
      connectionOptions: { address: undefined, apiKey: undefined, tls: undefined, metadata: undefined },
      apiKeyFile: null,
    });
  });

  it('has the certificates that the standard variables name', () => {
    const variables = {
      ...NONE,
      TEMPORAL_ADDRESS: 'temporal.example:7233',
      TEMPORAL_NAMESPACE: 'tuning',
      TEMPORAL_TLS_CLIENT_CERT_PATH: file('cert', 'c'),
      TEMPORAL_TLS_CLIENT_KEY_PATH: file('key', 'k'),
      TEMPORAL_TLS_SERVER_CA_CERT_PATH: file('ca', 'a'),
      TEMPORAL_TLS_SERVER_NAME: 'frontend',
    };
    const { connectionOptions, namespace } = readTemporalConnection(variables);
    expect([connectionOptions.address, namespace]).toEqual(['temporal.example:7233', 'tuning']);
    expect(connectionOptions.tls).toMatchObject({
      serverNameOverride: 'frontend',
      serverRootCACertificate: Buffer.from('a'),
      clientCertPair: { crt: Buffer.from('c'), key: Buffer.from('k') },
    });
  });

  it('has the API key of a file, and TLS with it', () => {
    const variables = { ...NONE, TEMPORAL_API_KEY: 'old', AUTOTUNER_TEMPORAL_API_KEY_FILE: file('api-key', 'new\n') };
    expect(readTemporalConnection(variables).connectionOptions).toMatchObject({ apiKey: 'new', tls: true });
    const plain = readTemporalConnection({ ...variables, TEMPORAL_TLS: 'false' });
    expect(plain.connectionOptions).toMatchObject({ apiKey: 'new', tls: false });
  });

  it('names the file of a key that cannot be used, and not the key', () => {
    const read = (path: string): unknown => readTemporalConnection({ ...NONE, AUTOTUNER_TEMPORAL_API_KEY_FILE: path });
    expect(() => read(join(dir, 'none'))).toThrow(`cannot read ${dir}/none (ENOENT)`);
    expect(() => read(file('two', 'canary-0123\ncanary-4567'))).toThrow(`${dir}/two must hold one API key`);
    expect(() => read(file('two', 'canary-0123\ncanary-4567'))).not.toThrow('canary');
  });

  it('follows a key that is replaced', async () => {
    const path = file('followed', 'one');
    const keys: string[] = [];
    const stop = followApiKey(path, (key) => keys.push(key), 5);
    rmSync(path);
    await sleep(20);
    file('followed', 'two');
    while (keys.length === 0) await sleep(5);
    stop();
    expect(keys).toEqual(['two']);
  });
});
