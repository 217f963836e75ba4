import { describe, expect, it } from '@jest/globals';
import { isSteady } from './steadiness.js';

describe('a latency is steady', () => {
  it.each([
    ['too few to tell', [1, 1, 1], false],
    ['the same twice', [1, 1, 1, 1], true],
    ['getting faster', [4, 4, 2, 2], false],
    ['getting slower', [2, 2, 4, 4], false],
    ['by whole windows', [1, 1, 1, 1, 9], true],
    ['within the noise', [1, 1.05, 1.02, 1.08], true],
    ['after a slow beginning', [90, 40, 1, 1.01, 1, 1], true],
  ])('%s', (_, latencies, steady) => {
    expect(isSteady(latencies, 2)).toBe(steady);
  });

  it('although single requests take many times as long', () => {
    expect(isSteady([1, 50, 1, 1, 1, 50, 1, 1], 4)).toBe(true);
  });
});
