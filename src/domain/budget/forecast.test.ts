import { describe, expect, it } from '@jest/globals';
import { planWith, usageAfter } from '../../../test/support/budgets.js';
import { afterSearch } from '../../../test/support/finals.js';
import { NO_FINALS } from '../verdict/finals-state.js';
import { searchAhead, spendingOf, type Progress } from './forecast.js';
import { UNUSED } from './usage.js';

const PROGRESS: Progress = {
  ...{ usage: UNUSED, finals: NO_FINALS, underWay: 0, awaitsBaseline: false },
  ...{ searchLeft: 10, elapsed: 0, isOver: false },
};
const NO_VERDICT = { verification: { finalists: 0 } };

describe('the forecast', () => {
  it('is an upper limit from the time limits before anything has ended', () => {
    const { forecast } = spendingOf(planWith(), { ...PROGRESS, awaitsBaseline: true });
    // The baseline, ten, and ten rounds of three.
    expect(forecast).toMatchObject({ basis: 'time_limits', total: { wall_time: { high: 41_000 } } });
    expect(forecast?.total).not.toHaveProperty('money');
  });

  it('is of the whole tune with its finals, from the median and with a range', () => {
    const usage = usageAfter([10, 10, 10, 10, 10, 20, 10, 10, 10, 10, 30]);
    const progress = { ...PROGRESS, usage, searchLeft: 4, elapsed: 140, finals: afterSearch(2, [1, 1.5]) };
    const { spent, forecast } = spendingOf(planWith(), progress);
    expect(spent).toEqual({ experiments: 11, wall_time: 140 });
    // Four more, then three to ten rounds of three, four of them on average.
    expect(forecast).toMatchObject({
      basis: 'experiments',
      total: {
        experiments: { low: 24, mid: 27, high: 45 },
        wall_time: { low: 140 + 130, mid: 140 + 160, high: 140 + 34 * 20 },
      },
    });
  });

  it('counts accelerators and money where the task has a cost', () => {
    const cost = { accelerators: 'tp_size', price_per_accelerator_hour: 2 } as const;
    const usage = usageAfter([900, 900], 2);
    const { spent, forecast } = spendingOf(planWith({ ...NO_VERDICT, cost }), { ...PROGRESS, usage, searchLeft: 3 });
    expect(spent).toMatchObject({ accelerator_hours: 1, money: 2 });
    expect(forecast?.total.accelerator_hours).toEqual({ low: 2.5, mid: 2.5, high: 2.5 });
    expect(forecast?.total.money).toEqual({ low: 5, mid: 5, high: 5 });
  });

  it('has experiments side by side, as far as there are some', () => {
    const usage = usageAfter([100]);
    const plan = planWith({ ...NO_VERDICT, optimization: { parallelism: 4 } });
    const timeFor = (searchLeft: number, underWay: number): number | undefined =>
      spendingOf(plan, { ...PROGRESS, usage, searchLeft, underWay }).forecast?.total.wall_time?.mid;
    expect([timeFor(8, 0), timeFor(1, 0), timeFor(0, 1), timeFor(0, 0)]).toEqual([200, 100, 50, 0]);
  });

  it('ends the search where the budget does, and keeps what the finals need', () => {
    const usage = usageAfter([10, 10]);
    const progress = { ...PROGRESS, usage, searchLeft: 100, elapsed: 20, finals: afterSearch(2, [1, 1.5]) };
    expect(searchAhead(planWith({ budget: { wall_time: 200 } }), progress)).toBe(9);
    expect(searchAhead(planWith({ budget: { experiments: 20 } }), progress)).toBe(9);
    expect(searchAhead(planWith(), progress)).toBe(100);
  });

  it('is of the starts of an A/A tune, and there is none when all is over', () => {
    const plan = planWith({ aa: 5 });
    const progress = { ...PROGRESS, searchLeft: 0, usage: usageAfter([10]), finals: afterSearch(2, []) };
    expect(spendingOf(plan, progress).forecast?.total.experiments).toEqual({ low: 5, mid: 5, high: 5 });
    expect(spendingOf(plan, { ...progress, isOver: true }).forecast).toBeNull();
  });
});
