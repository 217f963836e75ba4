import { describe, expect, it } from '@jest/globals';
import { finishedTune } from '../../test/support/finished-tunes.js';
import { resultsSchema } from '../domain/results/tune-result.js';
import { clean, entryOf } from './entry.js';

describe('the entry of a tune', () => {
  it('has the score of the finals, which have not chosen the luckiest', () => {
    const finals = [
      { baseline: 2.1, best: 1.4 },
      { baseline: 1.9, best: 1.2 },
    ];
    const { entry, scoreMeasurements, noiseDegrees } = entryOf(finishedTune({ runId: 'r', searched: [1, 3], finals }));
    expect(entry).toMatchObject({ isFromFinals: true, scoreWords: '1.300 s', bestParameters: { tp_size: 1 } });
    expect(entry.score).toBeCloseTo(1.3);
    expect(entry.baselineScore).toBeCloseTo(2);
    expect([scoreMeasurements, noiseDegrees]).toEqual([2, 1]);
    expect(entry.noisePercent).toBeGreaterThan(0);
  });

  it('of an A/A tune has the noise and no best', () => {
    const { entry, isAa, noiseDegrees, scoreMeasurements } = entryOf(finishedTune({ runId: 'r', aa: [1, 1.1, 0.9] }));
    expect(entry).toMatchObject({ verdict: 'noise', score: null, scoreWords: null, bestParameters: null });
    expect([isAa, noiseDegrees, scoreMeasurements]).toEqual([true, 2, 0]);
  });

  it('of a tune that measured nothing is there all the same', () => {
    const tune = finishedTune({ runId: 'r', searched: [] });
    const nothing = resultsSchema.parse({ ...tune, baseline: null, ran: { ...tune.ran, task: undefined } });
    expect(entryOf(nothing).entry).toMatchObject({ engine: null, engineVersion: null, hardware: null, hosts: [] });
  });

  it('says by one key whether scores mean the same', () => {
    const keyOf = (task: object): string => entryOf(finishedTune({ runId: 'r', task })).scoringKey;
    const usual = keyOf({});
    expect(keyOf({ model: { name: 'other' }, engine: 'sglang', task_name: 'other' })).toBe(usual);
    expect(keyOf({ optimization: { objective: 'maximize_throughput' } })).not.toBe(usual);
    const loads = { model_name: 'm', num_concurrency: [1, 2] };
    expect(keyOf({ benchmark: loads })).not.toBe(usual);
    expect(keyOf({ benchmark: { ...loads, num_concurrency: [2, 1] } })).toBe(keyOf({ benchmark: loads }));
  });

  it('has no character that PostgreSQL refuses', () => {
    expect(clean({ a: ['x\0y', '\ud800', '😀', 1, null] })).toEqual({ a: ['x\ufffdy', '\ufffd', '😀', 1, null] });
  });
});
