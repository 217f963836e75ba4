import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Tokens } from './tokens.js';

const READ = 'r'.repeat(16);
const WRITE = 'w'.repeat(16);

describe('Tokens', () => {
  it('knows what each may do', () => {
    const tokens = Tokens.parse(`# for people\n\n read ${READ}\nwrite\t${WRITE}  \r\n`);
    expect([READ, WRITE, 'x'.repeat(16), '', `${READ} `].map((token) => tokens.accessOf(token))).toEqual([
      ...['read', 'write', null, null, null],
    ]);
  });

  it('takes the larger right of one that is named twice', () => {
    expect(Tokens.parse(`write ${READ}\nread ${READ}`).accessOf(READ)).toBe('write');
  });

  it.each([
    ['', /holds no token/],
    ['# nothing', /holds no token/],
    ['admin aaaaaaaaaaaaaaaaaaaa', /:1: must be 'read TOKEN'/],
    [`read ${READ}\nwrite short`, /:2: a token has at least 16 characters/],
    ['read with;semicolon-and-more', /:1: must be/],
  ])('refuses %j, without repeating it', (text, message) => {
    expect(() => Tokens.parse(text)).toThrow(message);
    try {
      Tokens.parse(text);
    } catch (error) {
      expect(String(error)).not.toContain('short');
    }
  });

  describe('from a file', () => {
    let dir: string;
    beforeAll(async () => {
      dir = await mkdtemp(join(tmpdir(), 'tokens-'));
    });
    afterAll(() => rm(dir, { recursive: true }));

    it('is refused where others may read it', async () => {
      const path = join(dir, 'tokens');
      await writeFile(path, `read ${READ}\n`, { mode: 0o644 });
      await expect(Tokens.read(path)).rejects.toThrow(/chmod 600/);
      await rm(path);
      await writeFile(path, `read ${READ}\n`, { mode: 0o600 });
      expect((await Tokens.read(path)).accessOf(READ)).toBe('read');
    });

    // Only root can give a file away.
    (process.getuid?.() === 0 ? it : it.skip)('may be readable by its group where somebody else owns it', async () => {
      const path = join(dir, 'mounted');
      await writeFile(path, `read ${READ}\n`);
      await chown(path, 65_534, 0);
      await chmod(path, 0o440);
      expect((await Tokens.read(path)).accessOf(READ)).toBe('read');
      await chmod(path, 0o444);
      await expect(Tokens.read(path)).rejects.toThrow(/can be read by others/);
    });

    it('says that there is none', async () => {
      await expect(Tokens.read(join(dir, 'missing'))).rejects.toThrow(/cannot be read: ENOENT/);
    });
  });
});
