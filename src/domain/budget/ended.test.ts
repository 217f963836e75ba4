import { describe, expect, it } from '@jest/globals';
import { planWith } from '../../../test/support/budgets.js';
import { initialState } from '../tuning/tuning-state.js';
import { hasConverged, noteImprovement } from './convergence.js';
import { describeEnd, END_REASONS, endOf } from './ended.js';

describe('why a tune ended', () => {
  it('is what was decided, or that everything was done', () => {
    const state = initialState(3);
    expect(endOf(state, planWith()).reason).toBe('max_iterations');
    expect(endOf({ ...state, exhausted: true }, planWith()).reason).toBe('space_exhausted');
    expect(endOf({ ...state, retry: { of: 'r', left: 0 } }, planWith()).reason).toBe('complete');
    expect(endOf(state, planWith({ aa: 3 })).reason).toBe('complete');
    const ended = { reason: 'money', stage: 'finals' } as const;
    expect(endOf({ ...state, ended }, planWith())).toBe(ended);
    expect(endOf({ ...state, ended, stopping: true }, planWith()).reason).toBe('stopped');
  });

  it('has words for every reason', () => {
    const plan = planWith({
      budget: { wall_time: 7200 },
      optimization: { stop_when: { expected_improvement: 0.015 } },
    });
    expect(describeEnd({ reason: 'wall_time', stage: 'search' }, plan, 14)).toBe(
      'The search ended after 14 experiments: another one, with the finals after it, was not expected to fit into the budget of 2 h.'
    );
    expect(describeEnd({ reason: 'expected_improvement', stage: 'search' }, plan, 1)).toBe(
      'The search ended after 1 experiment: another one was expected to improve the best by less than 1.5 %, 8 times in a row.'
    );
    for (const reason of END_REASONS)
      expect(describeEnd({ reason, stage: 'finals' }, plan, 2)).toMatch(/^[A-Z].*\w\.$/);
  });
});

describe('a search that has come to its end', () => {
  const plan = planWith({ optimization: { stop_when: { expected_improvement: 0.01, in_a_row: 3 } } });
  const after = (...values: (number | undefined)[]): boolean =>
    hasConverged(plan, values.reduce<readonly number[]>(noteImprovement, []));

  it('is one whose latest suggestions are all worth too little', () => {
    expect(after(0.5, 0.009, 0.002, 0.001)).toBe(true);
    expect(after(0.009, 0.002)).toBe(false);
    expect(after(0.009, 0.002, 0.02)).toBe(false);
    expect(hasConverged(planWith(), [0, 0, 0, 0, 0])).toBe(false);
  });

  it('is none while the model has nothing to say', () => {
    expect(after(undefined, undefined, undefined)).toBe(false);
    expect(after(0.001, 0.001, undefined, 0.001)).toBe(false);
  });
});
