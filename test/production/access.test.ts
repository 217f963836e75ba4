/** A Temporal server that asks for a certificate and for a token: how workers, commands and the API get in, and who does not. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { expectRan } from '../support/expect-ran.js';
import { ended, kill, World } from '../support/world.js';
import { createAccess } from './certificates.js';

let dir: string;
let world: World;
let writer: string;
let reader: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'access-'));
  const access = await createAccess(dir);
  const admin = await access.token('admin', 'default:admin');
  writer = await access.token('writer', 'default:write');
  reader = await access.token('reader', 'default:read');
  world = await World.create({
    PRODUCTION_ACCESS: dir,
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: join(dir, 'ca.crt'),
    TEMPORAL_TLS_CLIENT_CERT_PATH: join(dir, 'client.crt'),
    TEMPORAL_TLS_CLIENT_KEY_PATH: join(dir, 'client.key'),
    TEMPORAL_TLS_SERVER_NAME: 'temporal',
    AUTOTUNER_TEMPORAL_API_KEY_FILE: admin,
  });
  await world.startServer();
});
afterAll(async () => {
  await world?.close();
  await rm(dir, { recursive: true, force: true });
});
const withKey = (file: string): NodeJS.ProcessEnv => ({ AUTOTUNER_TEMPORAL_API_KEY_FILE: file });

describe('a server with mTLS and tokens', () => {
  it('lets a worker in that has both; one with the right to write is enough once the search attributes are there', async () => {
    const first = await world.start(['worker'], 'serving');
    kill(first.pid ?? 0, 'SIGTERM');
    expect(await ended(first)).toBe(0);
    await world.start(['worker'], 'serving', withKey(writer));
    const ran = await world.cliWith(withKey(writer), 'run', await world.task('guarded'));
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain('Best of 2');
  });

  it('serves the API, too', async () => {
    const { host, port } = await world.startApi(withKey(writer));
    const answer = await fetch(`http://${host}:${port}/api/v1/tunes`);
    expect(await answer.text()).toContain('"taskName":"guarded"');
    expect(answer.status).toBe(200);
  });

  it('lets a reader read, and start nothing', async () => {
    expect((await world.cliWith(withKey(reader), 'list')).stdout).toContain('guarded');
    expectRan(await world.cliWith(withKey(reader), 'submit', await world.task('forbidden')), 4, /refuses/);
  });

  it('keeps out who has no certificate, or no token, which no message shows', async () => {
    const noCertificate = { TEMPORAL_TLS_CLIENT_CERT_PATH: undefined, TEMPORAL_TLS_CLIENT_KEY_PATH: undefined };
    expectRan(await world.cliWith(noCertificate, 'list'), 4, /no Temporal server answers/);
    expectRan(await world.cliWith({ AUTOTUNER_TEMPORAL_API_KEY_FILE: undefined }, 'list'), 4, /refuses/);
    const wrong = await world.cliWith({ AUTOTUNER_TEMPORAL_API_KEY_FILE: join(dir, 'ca.crt') }, 'list');
    expectRan(wrong, 2, /must hold one API key/);
    const key = (await readFile(writer, 'utf8')).trim();
    const log = await readFile(join(world.dir, 'state', 'temporal.log'), 'utf8');
    expect(log).not.toContain(key);
  });
});
