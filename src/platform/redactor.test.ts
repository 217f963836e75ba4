import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Redactor } from './redactor.js';
import { mapZip } from './zip.js';

const SECRET = 'p"ss wörd/+=\\x';
let dir: string;
let redactor: Redactor;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'redactor-'));
  redactor = new Redactor();
  redactor.add(SECRET);
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('the redactor', () => {
  it.each([
    ['as it is', SECRET],
    ['in JSON', JSON.stringify({ a: SECRET })],
    ['in JSON in JSON', JSON.stringify(JSON.stringify({ a: SECRET }))],
    ['in an address', `https://u:${encodeURIComponent(SECRET)}@host`],
    ['in Base64', Buffer.from(SECRET).toString('base64')],
    ['in a header', Buffer.from(`a:${SECRET}`).toString('base64')],
    ['in another header', Buffer.from(`ab:${SECRET}`).toString('base64url')],
  ])('finds a secret %s', (_, text) => {
    const clean = redactor.redact(`before ${text} after`);
    expect(clean).toMatch(/^before .*\*\*\*.* after$/);
    expect(clean.length).toBeLessThan(text.length + 15);
  });

  it('finds each line of a secret of several', () => {
    redactor.add('-----BEGIN KEY-----\nMIIEvQIBADANBg\n-----END KEY-----');
    expect(redactor.redact('read MIIEvQIBADANBg')).toBe('read ***');
  });

  it('takes the longer one where one begins like another', () => {
    redactor.add('abcdefgh');
    redactor.add('abcdefgh-and-more');
    expect(redactor.redact('abcdefgh-and-more abcdefgh')).toBe('*** ***');
  });

  it('does not know what is too short, and forgets what it was lent', () => {
    redactor.add('a');
    expect(redactor.and('lent-secret').redact('a lent-secret')).toBe('a ***');
    expect(redactor.redact('a lent-secret')).toBe('a lent-secret');
  });

  it('cleans values and errors in all their texts', () => {
    expect(redactor.clean({ [SECRET]: [1, null, true, { a: `x${SECRET}` }] })).toEqual({
      '***': [1, null, true, { a: 'x***' }],
    });
    const cause = Object.assign(new Error(`inner ${SECRET}`), { stderr: SECRET });
    const error = new TypeError(`outer ${SECRET}`, { cause });
    expect(redactor.cleanError(error)).toBe(error);
    expect([error.message, cause.message, cause.stderr]).toEqual(['outer ***', 'inner ***', '***']);
    expect(`${error.stack} ${cause.stack}`).not.toContain('wörd');
  });

  it('cleans files of any size, wherever a secret stands, and no other byte', async () => {
    const noise = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
    const secret = Buffer.from(SECRET);
    const chunk = 64 * 1024;
    // Over the borders of what is read at once, at every offset.
    const parts = Array.from({ length: 40 }, (_, i) => [
      Buffer.alloc(chunk - secret.length + (i % 3) - 1, noise),
      secret,
    ]);
    await writeFile(join(dir, 'from'), Buffer.concat([secret, ...parts.flat(), noise]));
    expect(await redactor.copy(join(dir, 'from'), join(dir, 'to'))).toBe(true);
    const stars = Buffer.from('***');
    const wanted = Buffer.concat([stars, ...parts.flatMap(([text = stars]) => [text, stars]), noise]);
    expect((await readFile(join(dir, 'to'))).equals(wanted)).toBe(true);
  });

  it('looks into archives, and removes those that it cannot open', async () => {
    const path = join(dir, 'summary.xlsx');
    // As genai-bench's workbooks are written.
    const script = `import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w', zipfile.ZIP_DEFLATED) as zip:
    zip.writestr('cmd.xml', sys.argv[2] * 20)
    zip.writestr('other.xml', 'other' * 20)
    zip.writestr(zipfile.ZipInfo('stored.txt'), sys.argv[2])`;
    execFileSync('python3', ['-c', script, path, `<c>--key ${SECRET}</c>`]);
    await redactor.scrub(path);
    const check =
      'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), *map(z.read, z.namelist()))';
    const printed = execFileSync('python3', ['-c', check, path], { encoding: 'utf8' });
    const cell = '<c>--key ***</c>';
    expect(printed.trim()).toBe(`None b'${cell.repeat(20)}' b'${'other'.repeat(20)}' b'${cell}'`);
    const kept = await readFile(path);
    expect(mapZip(kept, (content) => content)).toEqual(kept);
    await writeFile(path, kept.subarray(0, kept.length - 40));
    await redactor.scrub(path);
    await expect(stat(path)).rejects.toThrow('ENOENT');
  });

  it('leaves files without secrets alone, and the time of the others', async () => {
    const [clean, dirty] = [join(dir, 'clean'), join(dir, 'dirty')];
    await writeFile(clean, 'nothing here');
    await writeFile(dirty, `secret: ${SECRET}`);
    for (const path of [clean, dirty]) await utimes(path, 1000, 1000);
    const { ino } = await stat(clean);
    for (const path of [clean, dirty]) await redactor.scrub(path);
    expect((await stat(clean)).ino).toBe(ino);
    expect(await readFile(dirty, 'utf8')).toBe('secret: ***');
    expect((await stat(dirty)).mtimeMs).toBe(1_000_000);
  });
});
