import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { writeOnce } from './write-once.js';

it('of many writers one has written, and nothing else is left', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'once-'));
  const path = join(dir, 'file');
  const texts = Array.from({ length: 20 }, (_, i) => `text ${i}`);
  const wrote = await Promise.all(texts.map((text) => writeOnce(path, text)));
  expect(wrote.filter(Boolean)).toHaveLength(1);
  expect(await readFile(path, 'utf8')).toBe(texts[wrote.indexOf(true)]);
  expect(await writeOnce(path, 'later')).toBe(false);
  expect(await readdir(dir)).toEqual(['file']);
  await rm(dir, { recursive: true });
});
