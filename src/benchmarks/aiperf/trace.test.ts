import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cutTrace, readTrace } from './trace.js';

const line = (timestamp: number, more: object = {}): string =>
  JSON.stringify({ timestamp, input_length: 600, output_length: 8, hash_ids: [1, 2], session: 'x', ...more });

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'traces-'));
  await mkdir(join(dir, 'traces', 'sub'), { recursive: true });
});
afterEach(() => rm(dir, { recursive: true, force: true }));
const put = (name: string, lines: readonly string[]): Promise<void> =>
  writeFile(join(dir, 'traces', name), lines.join('\n'));
const read = (name: string): ReturnType<typeof readTrace> => readTrace(join(dir, 'traces'), name);

describe('a trace', () => {
  it('is read in the order of its times, from a folder below, too', async () => {
    await put('sub/a.jsonl', [line(200), '', line(100)]);
    expect(await read('sub/a.jsonl')).toEqual([
      { timestamp: 100, input_length: 600, output_length: 8, hash_ids: [1, 2] },
      { timestamp: 200, input_length: 600, output_length: 8, hash_ids: [1, 2] },
    ]);
  });

  it('begins at once, is as fast as is wanted, and ends with the measurement', async () => {
    await put(
      'a.jsonl',
      [1000, 2000, 5000, 9000].map((at) => line(at))
    );
    const lines = await read('a.jsonl');
    const times = (how: Parameters<typeof cutTrace>[1]): number[] => cutTrace(lines, how).map((one) => one.timestamp);
    expect(times({ speed: 2, requests: 3, seconds: 60 })).toEqual([0, 500, 2000]);
    expect(times({ speed: 0.5, requests: 9, seconds: 10 })).toEqual([0, 2000, 8000]);
  });

  it.each([
    [['no JSON'], /line 1 that is no JSON/],
    [[line(1), line(-1)], /line 2 that has no usable timestamp/],
    [[line(1, { output_length: 0 })], /no usable output_length/],
    [[line(1, { hash_ids: [1, 2, 3] })], /3 hash_ids, and 600 tokens are 2 blocks/],
    [[''], /holds no requests/],
  ])('is refused: %j', async (lines, message) => {
    await put('a.jsonl', lines);
    await expect(read('a.jsonl')).rejects.toMatchObject({
      code: 'INVALID_TASK',
      message: expect.stringMatching(message) as unknown,
    });
  });

  it('is never one outside the folder', async () => {
    await writeFile(join(dir, 'secret'), line(1));
    await symlink(join(dir, 'secret'), join(dir, 'traces', 'link'));
    await expect(read('link')).rejects.toThrow('is a link out of its folder');
    await expect(read('../secret')).rejects.toThrow('is a link out of its folder');
    await expect(read('sub')).rejects.toThrow('is no file');
    await expect(readTrace(join(dir, 'nowhere'), 'a')).rejects.toThrow('is not there');
  });
});
