import { describe, expect, it } from '@jest/globals';
import { FULL, matrix, SHORT } from './matrix.js';

const EVENTS = 604;

describe('the matrix', () => {
  it('is the same for the same seed', () => {
    expect(matrix(7, SHORT, EVENTS, true)).toEqual(matrix(7, SHORT, EVENTS, true));
    expect(matrix(8, SHORT, EVENTS, true)).not.toEqual(matrix(7, SHORT, EVENTS, true));
  });

  it('in full kills the worker at every event', () => {
    const points = matrix(1, FULL, EVENTS, true)
      .filter(({ name }) => name.startsWith('kill-worker'))
      .flatMap(({ faults }) => faults.map(({ atEvent }) => atEvent));
    expect(new Set(points).size).toBeGreaterThanOrEqual(600);
  });

  it('names each run differently, in the order of its faults', () => {
    const plans = matrix(1, FULL, EVENTS, false);
    expect(new Set(plans.map(({ name }) => name)).size).toBe(plans.length);
    for (const { faults } of plans.filter(({ name }) => !name.startsWith('stop-') && !name.startsWith('two')))
      expect(faults.length).toBeGreaterThan(0);
    expect(plans.some(({ name }) => name.startsWith('disk'))).toBe(false);
  });
});
