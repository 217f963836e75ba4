import { describe, expect, it } from '@jest/globals';
import { planWith, usageAfter } from '../../../test/support/budgets.js';
import { afterSearch } from '../../../test/support/finals.js';
import { describeCount } from '../../domain/tuning/progress-count.js';
import { spendingNow } from '../../domain/tuning/spending.js';
import { initialState } from '../../domain/tuning/tuning-state.js';
import { describeOutlook } from './spending-view.js';

describe('the spending of a tune for a person', () => {
  it('is what it takes in all, what it has cost, and what it may', () => {
    const cost = { accelerators: 1, price_per_accelerator_hour: 6, currency: 'EUR' };
    const plan = planWith({ cost, budget: { wall_time: 7200 }, verification: { finalists: 0 } });
    const state = { ...initialState(10), suggested: 2, usage: usageAfter([600, 600], 1) };
    expect(describeOutlook(spendingNow(plan, state, 0, 1_200_000))).toBe(
      '2.00 EUR spent; in all 1 h 40 min, 10.00 EUR; budget 2 h'
    );
    const before = spendingNow(plan, initialState(3), 0, 0);
    expect(describeOutlook(before)).toBe(
      '0.00 EUR spent; in all at most 50 min, at most 5.00 EUR, if every experiment uses up its time limits; budget 2 h'
    );
    expect(describeOutlook(spendingNow(plan, { ...state, stopping: true }, 0, 0))).toBe('');
  });
});

describe('how far a tune is', () => {
  it('is told by what there is to try, and by the starts of an A/A tune', () => {
    const state = { ...initialState(100), counts: { succeeded: 3, infeasible: 1, failed: 0, cancelled: 0 } };
    expect(describeCount(state, null)).toBe('4 of up to 100');
    expect(describeCount(state, planWith())).toBe('4 of up to 50');
    const measured = [{ of: 0, round: 1, score: 1, failed: false }];
    expect(describeCount({ ...state, finals: { ...state.finals, measured } }, planWith())).toBe(
      '4 of up to 50, 1 in finals'
    );
    const finals = { ...afterSearch(1, []), measured };
    expect(describeCount({ ...initialState(0), finals }, planWith({ aa: 10 }))).toBe('2 of 10 starts');
  });
});
