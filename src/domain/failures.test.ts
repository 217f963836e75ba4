import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { FAILURES, failureScope, isFailureCode } from './failures.js';

describe('failure codes', () => {
  it('are all explained in docs/errors.md, and no others', async () => {
    const text = await readFile('docs/errors.md', 'utf8');
    const documented = [...text.matchAll(/^### `([A-Z_]+)`/gm)].map((match) => match[1]);
    expect(documented.sort()).toEqual(Object.keys(FAILURES).sort());
    for (const { meaning, nextStep } of Object.values(FAILURES)) {
      expect(text).toContain(meaning);
      expect(text).toContain(nextStep);
    }
  });

  it('are recognised, and nothing else is', () => {
    expect(isFailureCode('OUT_OF_MEMORY')).toBe(true);
    expect(isFailureCode('toString')).toBe(false);
    expect(failureScope('INVALID_TASK')).toBe('tune');
  });
});
