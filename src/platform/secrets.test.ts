import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Secrets } from './secrets.js';

const CANARY = 'canary-0123456789';
let dir: string;

beforeEach(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'secrets-')));
  await mkdir(join(dir, 'allowed'));
  await writeFile(join(dir, 'allowed', 'token'), `${CANARY}\n`);
  await writeFile(join(dir, 'elsewhere'), CANARY);
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('references', () => {
  it('become values where the worker lets them, and are known from then on', async () => {
    const variables = { HUB: CANARY, OTHER: 'other-0123456789' };
    const secrets = new Secrets(variables, ['HUB', 'env:OTHER', `file:${join(dir, 'allowed')}/`]);
    const references = { A: 'env:HUB', B: 'env:OTHER', C: `file:${join(dir, 'allowed', 'token')}` };
    expect(secrets.redactor.redact(CANARY)).toBe(CANARY);
    expect(await secrets.resolve(references)).toEqual({ A: CANARY, B: 'other-0123456789', C: CANARY });
    expect(secrets.redactor.redact(`${CANARY} other-0123456789`)).toBe('*** ***');
  });

  it.each<[string, (dir: string) => string, string]>([
    ['a variable that is not allowed', () => 'env:HOME_TOKEN', 'NOT_ALLOWED'],
    ['a file that is not allowed', (at) => `file:${at}/elsewhere`, 'NOT_ALLOWED'],
    ['a file that is not there, where none is allowed', (at) => `file:${at}/nothing`, 'NOT_ALLOWED'],
    ['a folder whose name begins the same', (at) => `file:${at}/allowed2/token`, 'NOT_ALLOWED'],
    ['a link that leads out', (at) => `file:${at}/allowed/link`, 'NOT_ALLOWED'],
    ['a variable that is not set', () => 'env:MISSING', 'SECRET_UNAVAILABLE'],
    ['one that is too short', () => 'env:SHORT', 'SECRET_UNAVAILABLE'],
    ['a file that is not there', (at) => `file:${at}/allowed/nothing`, 'SECRET_UNAVAILABLE'],
    ['a folder', (at) => `file:${at}/allowed`, 'SECRET_UNAVAILABLE'],
  ])('are refused: %s', async (_, reference, code) => {
    await symlink(join(dir, 'elsewhere'), join(dir, 'allowed', 'link'));
    const variables = { HOME_TOKEN: CANARY, SHORT: 'geheim' };
    const secrets = new Secrets(variables, ['MISSING', 'SHORT', `file:${join(dir, 'allowed')}`]);
    const error: unknown = await secrets.resolve({ A: reference(dir) }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, message: expect.stringContaining(reference(dir)) as unknown });
    expect(String(error)).not.toMatch(/canary|geheim/);
    await expect(secrets.recall([reference(dir)])).resolves.toBeUndefined();
  });

  it('are not needed to take out what the worker itself holds, which no process inherits', () => {
    const variables = { TEMPORAL_API_KEY: CANARY, AUTOTUNER_SECRETS: 'HF_TOKEN,OTHER', PLAIN: 'plain-0123456789' };
    const secrets = new Secrets(variables);
    expect(secrets.redactor.redact(`${CANARY} plain-0123456789 HF_TOKEN,OTHER`)).toBe(
      '*** plain-0123456789 HF_TOKEN,OTHER'
    );
    expect(Object.keys(secrets.hidden())).toEqual(['TEMPORAL_API_KEY', 'AUTOTUNER_SECRETS']);
  });

  it("take the history's password out as well, whose variable no process inherits", () => {
    const secrets = new Secrets({ AUTOTUNER_HISTORY_URL: `postgres://tuner:${CANARY}%2F@db/tunes` });
    expect(secrets.redactor.redact(`${CANARY}/ ${CANARY}%2F postgres://tuner:${CANARY}%2F@db/tunes`)).not.toContain(
      CANARY
    );
    expect(Object.keys(secrets.hidden())).toEqual(['AUTOTUNER_HISTORY_URL']);
  });
});
