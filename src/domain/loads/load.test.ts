import { describe, expect, it } from '@jest/globals';
import { describeFilter, isAbout } from './load-filter.js';
import { describeLevelAlone, describeLoad, isSameLoad, levelOf, loadOf, loadsOf, type Load } from './load.js';

const closed: Load = { scenario: 'D(100,100)', concurrency: 4 };
const open: Load = { scenario: 'D(100,100)', request_rate: 4 };
const trace: Load = { scenario: 'trace(a)', speed: 2 };

describe('a load', () => {
  it('is named by how requests come', () => {
    expect([closed, open, trace].map(describeLoad)).toEqual([
      'D(100,100) at 4',
      'D(100,100) at 4 req/s',
      'trace(a) at 2x speed',
    ]);
    expect([closed, open, trace].map(describeLevelAlone)).toEqual(['4 at once', '4 req/s', '2x speed']);
    expect([closed, open, trace].map(levelOf)).toEqual([4, 4, 2]);
  });

  it('is another one at a rate than with requests in flight', () => {
    expect(isSameLoad(closed, open)).toBe(false);
    expect(isSameLoad(open, { ...open })).toBe(true);
    expect(JSON.stringify(loadOf({ ...open, concurrency: undefined }))).toBe(JSON.stringify(open));
  });

  it('comes once from a list', () => {
    expect(loadsOf({ traffic_scenarios: ['a', 'a'], request_rate: [1, 1, 2] })).toHaveLength(2);
    expect(loadsOf({ traffic_scenarios: ['a'] })).toEqual([{ scenario: 'a', concurrency: 1 }]);
  });

  it('is chosen by its rate', () => {
    expect(isAbout({ request_rate: [2, 4] }, open)).toBe(true);
    expect(isAbout({ request_rate: 4 }, closed)).toBe(false);
    expect(isAbout({ concurrency: 4 }, open)).toBe(false);
    expect(describeFilter({ request_rate: [2, 4] })).toBe('2, 4 req/s');
    expect(describeFilter({ scenario: 'a', request_rate: 2 })).toBe('a at 2 req/s');
    expect(describeFilter({ concurrency: [4, 8] })).toBe('concurrency 4, 8');
  });
});
