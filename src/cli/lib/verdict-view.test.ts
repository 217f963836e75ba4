import { describe, expect, it } from '@jest/globals';
import type { ResultsFile } from '../../domain/results/tune-result.js';
import { describeVerdict } from './verdict-view.js';

const NOTHING: ResultsFile['verdict'] = {
  ...{ kind: 'not_verified', winner: null, compared: null, gain: null, rounds: 0, measurements: 0 },
  ...{ confidence: 0.95, noise: null, words: '', loads: [] },
};
const load = (concurrency: number, more: object): ResultsFile['verdict']['loads'][number] => ({
  ...{ scenario: 'D(1,1)', concurrency, baseline: 1, compared: 0.5, gain: null },
  ...{ noise_percent: 2, within_start_percent: 1 },
  ...more,
});
const ran = { objective: { metric: 'ttft', statistic: 'mean', direction: 'minimize' } } as ResultsFile['ran'];

describe('the verdict for a person', () => {
  it('has a line for each load, and says where the winner loses', () => {
    const verdict: ResultsFile['verdict'] = {
      ...NOTHING,
      ...{ kind: 'gain', winner: 3, compared: 3, gain: { percent: 30, low: 20, high: 39 } },
      noise: { percent: 2.9, degrees_of_freedom: 4 },
      loads: [
        load(1, { compared: 1.2, gain: { percent: -20, low: -30, high: -11 } }),
        load(8, { gain: { percent: 50, low: 40, high: 58.25 } }),
      ],
    };
    expect(describeVerdict({ verdict, ran }).join('\n')).toBe(
      [
        'finals       baseline  experiment 3  gain with 95 % interval',
        'D(1,1) at 1  1.000 s   1.200 s       -20.0 % (-30.0 to -11.0 %)  WORSE',
        'D(1,1) at 8  1.000 s   500.0 ms      50.0 % (40.0 to 58.3 %)',
        'all loads                            30.0 % (20.0 to 39.0 %)',
        'noise: one measurement on a fresh start varies by 2.9 %',
        '',
      ].join('\n')
    );
  });

  it('of an A/A tune is the noise of each load', () => {
    const verdict: ResultsFile['verdict'] = { ...NOTHING, kind: 'noise', loads: [load(1, {})] };
    expect(describeVerdict({ verdict, ran })).toEqual([
      ['             mean     between starts  within a start', 'D(1,1) at 1  1.000 s  2.0 %           1.0 %'].join(
        '\n'
      ),
      '',
    ]);
  });

  it('is nothing where nothing was verified', () => {
    expect(describeVerdict({ verdict: NOTHING, ran })).toEqual([]);
  });
});
