import { describe, expect, it } from '@jest/globals';
import { noiseOfHosts } from './noise.js';
import type { NoiseRow } from './tune-table.js';

const row = (percent: number, degrees: number, more: Partial<NoiseRow> = {}): NoiseRow => ({
  ...{ host: 'alpha', hardware: null, model: 'm', engine: 'sglang', objectiveWords: 'ttft p95', percent, degrees },
  ...{ isAa: false, finishedAt: '2026-01-01T00:00:00.000Z' },
  ...more,
});

describe('the noise of a host', () => {
  it('is pooled by degrees of freedom', () => {
    const [alpha] = noiseOfHosts([row(1, 1), row(3, 3, { hardware: 'H100', isAa: true })]);
    // The mean of variances 1 and 9, weighted by 1 and 3.
    expect(alpha?.percent).toBeCloseTo(Math.sqrt(7));
    expect(alpha).toMatchObject({ hardware: 'H100', degreesOfFreedom: 4, tunes: 2, aaTunes: 1 });
    // Of 4 degrees of freedom: 0.599 and 2.874 of it (tables of the chi-squared distribution).
    expect((alpha?.low ?? 0) / Math.sqrt(7)).toBeCloseTo(0.599, 2);
    expect((alpha?.high ?? 0) / Math.sqrt(7)).toBeCloseTo(2.874, 2);
  });

  it('is told for each host, model, engine and objective', () => {
    const rows = [row(1, 2), row(5, 9, { model: 'other' }), row(2, 2, { host: 'beta' })];
    const [alpha, beta] = noiseOfHosts(rows);
    expect(alpha?.bySetting.map(({ model, percent }) => [model, Math.round(percent)])).toEqual([
      ['other', 5],
      ['m', 1],
    ]);
    expect(alpha?.words).toContain('not the same for every model');
    expect(beta).toMatchObject({ host: 'beta', tunes: 1 });
    expect(noiseOfHosts([])).toEqual([]);
  });
});
