import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readTail } from './log-tail.js';
import { Redactor } from './redactor.js';

const SECRET = 'canary-0123456789-canary';
let path: string;
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tail-'));
  path = join(dir, 'log');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('the tail of a log', () => {
  it('holds no part of a secret, wherever it begins', async () => {
    const redactor = new Redactor();
    redactor.add(SECRET);
    for (const bytes of [16, 24].map((kib) => kib * 1024)) {
      for (let shift = 0; shift <= SECRET.length; shift++) {
        await writeFile(path, `${'x'.repeat(9)}${SECRET}${'y'.repeat(bytes - shift)}`);
        expect((await readTail(path, 5, redactor)).join()).not.toMatch(/canary|[0-9]/);
      }
    }
  });

  it('is nothing where there is no log', async () => {
    expect(await readTail(path, 5, new Redactor())).toEqual([]);
  });
});
