import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { findDockerHost } from './docker-host.js';

describe('the daemon', () => {
  it('is that of DOCKER_HOST', () => {
    expect(findDockerHost({ DOCKER_HOST: 'unix:///run/podman/podman.sock' })).toEqual({
      name: 'unix:///run/podman/podman.sock',
      local: true,
      connection: { socketPath: '/run/podman/podman.sock' },
    });
    expect(findDockerHost({ DOCKER_HOST: 'tcp://127.0.0.1:2375' })).toMatchObject({
      local: false,
      connection: { host: '127.0.0.1', port: '2375', protocol: 'http' },
    });
  });

  it('is reached with TLS, and never without one from elsewhere', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'certificates-'));
    const variables = { DOCKER_HOST: 'tcp://gpu.example:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: dir };
    expect(() => findDockerHost(variables)).toThrow(`${dir}/ca.pem (ENOENT): DOCKER_CERT_PATH`);
    for (const name of ['ca', 'cert', 'key']) await writeFile(join(dir, `${name}.pem`), name);
    expect(findDockerHost(variables)?.connection).toEqual({
      ...{ host: 'gpu.example', port: '2376', protocol: 'https', ca: 'ca', cert: 'cert', key: 'key' },
    });
    await rm(dir, { recursive: true });
    expect(() => findDockerHost({ DOCKER_HOST: 'tcp://gpu.example:2375' })).toThrow('without TLS');
    expect(() => findDockerHost({ DOCKER_HOST: 'ssh://gpu.example' })).toThrow('ssh -L');
    expect(() => findDockerHost({ DOCKER_HOST: 'gpu.example' })).toThrow('must look like');
  });
});
