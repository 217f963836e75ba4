import { describe, expect, it } from '@jest/globals';
import { outcomeTaking, planWith, usageAfter } from '../../../test/support/budgets.js';
import { afterSearch } from '../../../test/support/finals.js';
import { noteOutcome, NO_FINALS } from '../verdict/finals-state.js';
import { admit, admitRound, finalsReserve } from './admission.js';
import { UNUSED } from './usage.js';

const COST = { accelerators: 'tp_size', price_per_accelerator_hour: 3.6, currency: 'EUR' } as const;
const NO_VERDICT = { verification: { finalists: 0 } };
const standing = { finals: NO_FINALS, elapsed: 0, underWay: [], usage: UNUSED };

describe('another experiment', () => {
  const plan = planWith({ ...NO_VERDICT, budget: { wall_time: 100 } });

  it('is not started when it would probably be longer than what is left', () => {
    const usage = usageAfter([20, 20, 20]);
    expect(admit(plan, { ...standing, usage, elapsed: 80 }, 0)).toBe('start');
    expect(admit(plan, { ...standing, usage, elapsed: 81 }, 0)).toBe('wall_time');
  });

  it('is thought to be as long as the longest that are no exception', () => {
    const usage = usageAfter([...Array.from({ length: 20 }, () => 10), 30, 90]);
    expect(admit(plan, { ...standing, usage, elapsed: 89 }, 0)).toBe('start');
    expect(admit(plan, { ...standing, usage: usageAfter([10, 10, 30]), elapsed: 89 }, 0)).toBe('wall_time');
  });

  it('is started when it is the first, and waits for the first while nobody knows how long one takes', () => {
    const short = planWith({ ...NO_VERDICT, budget: { wall_time: 100 } });
    expect(admit(short, standing, 0)).toBe('start');
    expect(admit(short, { ...standing, underWay: [0] }, 0)).toBe('wait');
    // None has ended in time, as where there was no place.
    expect(admit(short, { ...standing, elapsed: 101 }, 0)).toBe('wall_time');
    // By its time limits it fits in any case.
    const long = planWith({ ...NO_VERDICT, budget: { wall_time: 5000 } });
    expect(admit(long, { ...standing, underWay: [0] }, 0)).toBe('start');
  });

  it('counts its own accelerators, and those that are taken', () => {
    const hours = planWith({ ...NO_VERDICT, cost: COST, budget: { accelerator_hours: 2 } });
    const usage = usageAfter([1800], 1);
    expect(admit(hours, { ...standing, usage }, 3)).toBe('start');
    expect(admit(hours, { ...standing, usage }, 4)).toBe('accelerator_hours');
    expect(admit(hours, { ...standing, usage, underWay: [2] }, 2)).toBe('wait');
    const money = planWith({ ...NO_VERDICT, cost: COST, budget: { money: 7.2 } });
    expect(admit(money, { ...standing, usage }, 3)).toBe('start');
    expect(admit(money, { ...standing, usage }, 4)).toBe('money');
  });

  it('leaves what the finals need, unless that is more than half of the budget', () => {
    const usage = usageAfter([10]);
    const finals = afterSearch(2, [1, 1.5]);
    // Three rounds of three.
    expect(finalsReserve(planWith({ budget: { experiments: 20 } }), usage, finals)).toMatchObject({ experiments: 9 });
    const plenty = planWith({ budget: { wall_time: 190 } });
    expect(admit(plenty, { ...standing, usage, finals, elapsed: 90 }, 0)).toBe('start');
    expect(admit(plenty, { ...standing, usage, finals, elapsed: 91 }, 0)).toBe('wall_time');
    const little = planWith({ budget: { wall_time: 170 } });
    expect(finalsReserve(little, usage, finals)).toEqual({});
    expect(admit(little, { ...standing, usage, finals, elapsed: 160 }, 0)).toBe('start');
    // Side by side they take less time, and the same accelerators.
    const parallel = planWith({ budget: { wall_time: 190 }, optimization: { parallelism: 3 } });
    expect(finalsReserve(parallel, usage, finals)).toMatchObject({ wall_time: 30, experiments: 9 });
  });

  it('needs no reserve where there will be no finals', () => {
    const failed = noteOutcome(NO_FINALS, { ...outcomeTaking(0, 5), status: 'failed', score: null, role: 'baseline' });
    const task = { budget: { experiments: 100 } };
    expect(finalsReserve(planWith(task), usageAfter([10]), failed)).toEqual({});
    expect(finalsReserve(planWith({ ...task, baseline: false }), usageAfter([10]), NO_FINALS)).toEqual({});
  });
});

describe('a round of finals', () => {
  const finals = afterSearch(2, [1, 1.5]);
  const usage = usageAfter([10, 10, 10]);

  it('is the first only if all fit that a verdict needs, and any further one if it fits itself', () => {
    const plan = planWith({ budget: { wall_time: 200 } });
    expect(admitRound(plan, { usage, finals, elapsed: 110 })).toBeNull();
    expect(admitRound(plan, { usage, finals, elapsed: 111 })).toBe('wall_time');
    const measured = [1, 2, 3].flatMap((round) => [0, 1, 2].map((of) => ({ of, round, score: 1, failed: false })));
    expect(admitRound(plan, { usage, finals: { ...finals, measured }, elapsed: 170 })).toBeNull();
    expect(admitRound(plan, { usage, finals: { ...finals, measured }, elapsed: 171 })).toBe('wall_time');
  });

  it('is not begun where the number of experiments is used up', () => {
    const plan = planWith({ budget: { experiments: 11 } });
    expect(admitRound(plan, { usage, finals, elapsed: 0 })).toBe('experiments');
  });
});
