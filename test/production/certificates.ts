/** What a server that lets nobody in needs for a test: an authority, certificates by it, and tokens that it signs. */
import { createSign, generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

const KEY_ID = 'test';
const LIVES_S = 3600;

export interface Access {
  /** `ca.crt`, `<name>.crt`, `<name>.key` of the names server and client. */
  readonly dir: string;
  /** The public key with which the server checks tokens, as a file. */
  readonly jwks: string;
  /** A token with these permissions, such as `default:write`. @returns its file. */
  token(name: string, ...permissions: string[]): Promise<string>;
}

export async function createAccess(dir: string): Promise<Access> {
  await mkdir(dir, { recursive: true });
  const openssl = (...args: string[]): Promise<unknown> => execa('openssl', args, { cwd: dir });
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'];
  await openssl('req', '-x509', ...ec, '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=test authority');
  for (const name of ['server', 'client']) {
    const names = 'subjectAltName=DNS:temporal,DNS:localhost,IP:127.0.0.1';
    const files = ['-keyout', `${name}.key`, '-out', `${name}.crt`, '-subj', `/CN=${name}`, '-addext', names];
    await openssl(
      'req',
      '-x509',
      ...ec,
      '-CA',
      'ca.crt',
      '-CAkey',
      'ca.key',
      '-addext',
      'basicConstraints=critical,CA:FALSE',
      ...files
    );
  }
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwks = join(dir, 'jwks.json');
  const key = { ...publicKey.export({ format: 'jwk' }), kid: KEY_ID, use: 'sig', alg: 'RS256' };
  await writeFile(jwks, JSON.stringify({ keys: [key] }));
  return {
    ...{ dir, jwks },
    async token(name, ...permissions) {
      const header = { alg: 'RS256', typ: 'JWT', kid: KEY_ID };
      const claims = { sub: name, permissions, exp: Math.floor(Date.now() / 1000) + LIVES_S };
      const text = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
      const signature = createSign('RSA-SHA256').update(text).sign(privateKey).toString('base64url');
      const file = join(dir, `${name}.token`);
      await writeFile(file, `${text}.${signature}\n`, { mode: 0o600 });
      return file;
    },
  };
}
