import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkImage, checkVolume, registryOf, type DockerPolicy } from './permissions.js';

const allowing = (more: Partial<DockerPolicy>): DockerPolicy => ({
  ...{ images: [], environment: [], volumes: [], allowCommand: false },
  ...more,
});

describe('images', () => {
  it.each([
    ['lmsysorg/sglang', 'lmsysorg/sglang:v1', true],
    ['lmsysorg/sglang', 'docker.io/lmsysorg/sglang@sha256:00', true],
    ['lmsysorg', 'lmsysorg/sglang:v1', false],
    ['docker.io/lmsysorg', 'lmsysorg/sglang:v1', true],
    ['registry.example:5000', 'registry.example/a:1', false],
    ['lmsysorg/sglang', 'lmsysorg/sglang-evil:v1', false],
    ['lmsysorg/sglang', 'evil.io/lmsysorg/sglang:v1', false],
    ['lmsysorg/sglang', 'localhost/lmsysorg/sglang:v1', false],
    ['registry.example:5000/team', 'registry.example:5000/team/a:1', true],
    ['ubuntu', 'docker.io/ubuntu:24.04', true],
    ['*', 'any/thing:1', true],
  ])('%s allows %s: %s', (item, image, allowed) => {
    const check = (): void => checkImage(image, allowing({ images: [item] }));
    if (allowed) expect(check).not.toThrow();
    else expect(check).toThrow('AUTOTUNER_DOCKER_IMAGES');
  });

  it('are of a registry', () => {
    expect(registryOf('lmsysorg/sglang:v1')).toBe('https://index.docker.io/v1/');
    expect(registryOf('registry.example:5000/a:1')).toBe('registry.example:5000');
  });
});

describe('volumes', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'volumes-'));
    await mkdir(join(dir, 'data', 'a'), { recursive: true });
    await symlink('/etc', join(dir, 'data', 'out'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('are read-only unless the operator says otherwise, and no link leads out of them', async () => {
    const check = (path: string, read_only: boolean, item: string): Promise<string> =>
      checkVolume({ source: join(dir, path), read_only }, allowing({ volumes: [join(dir, item)] }), { local: true });
    await expect(check('data/a', true, 'data')).resolves.toBe(join(dir, 'data', 'a'));
    await expect(check('data/a', false, 'data')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await expect(check('data/a', false, 'data:rw')).resolves.toBe(join(dir, 'data', 'a'));
    await expect(check('data2', true, 'data')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await expect(check('data/out', true, 'data')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  });
});
