import { describe, expect, it } from '@jest/globals';
import { FULL, matrix, SHORT } from './matrix.js';
import { clusterMatrix, dockerMatrix, realMatrix } from './small-matrices.js';

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

describe.each([
  ['real parts', realMatrix, 150, 8],
  ['the cluster', clusterMatrix, 300, 8],
  ['Docker', (seed: number, events: number) => dockerMatrix(seed, events, true), 300, 20],
])('the matrix of %s', (_, plansOf, events, most) => {
  it('is the same for the same seed', () => {
    expect(plansOf(7, events)).toEqual(plansOf(7, events));
    expect(plansOf(8, events)).not.toEqual(plansOf(7, events));
  });

  it('is small, names each run differently, and strikes within the history', () => {
    const plans = plansOf(1, events);
    expect(plans.length).toBeGreaterThanOrEqual(6);
    expect(plans.length).toBeLessThanOrEqual(most);
    expect(new Set(plans.map(({ name }) => name)).size).toBe(plans.length);
    for (const { faults } of plans) {
      const at = faults.map(({ atEvent }) => atEvent);
      expect(at).toEqual([...at].sort((a, b) => a - b));
      expect(Math.min(...at)).toBeGreaterThan(0);
      expect(Math.max(...at)).toBeLessThan(events);
    }
  });
});
