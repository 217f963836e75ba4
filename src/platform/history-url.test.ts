import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { readHistoryUrl, secretsOfHistoryUrl } from './history-url.js';

const dir = mkdtempSync(join(tmpdir(), 'history-url-'));
afterAll(() => rmSync(dir, { recursive: true }));

describe('the address of the history', () => {
  it('is in the variable, or in the file that it names', () => {
    const url = 'postgres://tuner:canary-0123@db:5432/tunes?sslmode=verify-full';
    writeFileSync(join(dir, 'url'), `${url}\n`);
    expect(readHistoryUrl({})).toBeUndefined();
    expect(readHistoryUrl({ AUTOTUNER_HISTORY_URL: '' })).toBeUndefined();
    expect(readHistoryUrl({ AUTOTUNER_HISTORY_URL: url })).toBe(url);
    expect(readHistoryUrl({ AUTOTUNER_HISTORY_URL: `file:${dir}/url` })).toBe(url);
    expect(secretsOfHistoryUrl({ AUTOTUNER_HISTORY_URL: `file:${dir}/url` })).toContain('canary-0123');
  });

  it.each(['canary-0123', 'http://u:canary-0123@db/x', 'env:canary-0123', 'postgres//canary-0123'])(
    'is not %s, which is not repeated',
    (setting) => {
      const read = (): unknown => readHistoryUrl({ AUTOTUNER_HISTORY_URL: setting });
      expect(read).toThrow('must be');
      expect(read).not.toThrow('canary');
    }
  );

  it('names the file that cannot be read', () => {
    expect(() => readHistoryUrl({ AUTOTUNER_HISTORY_URL: `file:${dir}/none` })).toThrow(`${dir}/none (ENOENT)`);
    expect(secretsOfHistoryUrl({ AUTOTUNER_HISTORY_URL: `file:${dir}/none` })).toEqual([]);
    expect(secretsOfHistoryUrl({ AUTOTUNER_HISTORY_URL: 'postgres:///tunes?host=/run/postgresql' })).toEqual([]);
  });
});
