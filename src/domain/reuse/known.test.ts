import { describe, expect, it } from '@jest/globals';
import { measured, PROVENANCE } from '../../../test/support/earlier-tunes.js';
import { knownTunes } from './known.js';
import { reuseLines, reuseResult, reuseSentence } from './report.js';
import { noteSurroundings, openReuse, type ReusedTune, type ReuseState } from './reuse.js';

const tune = (more: Partial<ReusedTune> = {}): ReusedTune => ({
  ...{ taskName: 'chat', runId: 'r', storedAtMs: Date.UTC(2026, 10, 3), baseline: [2], relative: false },
  surroundings: { engineVersion: 'b1', model: 'm', hardware: '2 x CPU' },
  observations: [
    { index: 0, scores: [1], violation: 0.5 },
    { index: 1, scores: null, violation: 0 },
  ],
  crashes: [{ combination: { tp_size: 4 }, code: 'OUT_OF_MEMORY' }],
  ...more,
});
const state = (...tunes: ReusedTune[]): ReuseState =>
  openReuse({ tunes, skipped: [{ name: 'old', reason: 'it differs in model' }] });
const plain = { relative: false, logarithmic: [false] };
const here = { ...PROVENANCE, engine_version: 'b1' };

describe('what an optimizer is told of earlier tunes', () => {
  it('are their scores, the oldest tune first, as long as nothing is known of the baseline', () => {
    expect(knownTunes(undefined, plain)).toEqual([]);
    const [first, second] = knownTunes(state(tune(), tune({ observations: [] })), plain);
    expect(first).toEqual({ aligned: false, observations: [] });
    expect(second).toEqual({ aligned: false, observations: tune().observations });
  });

  it('is moved to the scale of today once both have the baseline', () => {
    const reuse = noteSurroundings(state(tune()), measured(0, {}, 3, { role: 'baseline', provenance: here }));
    const scored = (logarithmic: boolean): unknown =>
      knownTunes(reuse, { relative: false, logarithmic: [logarithmic] })[0];
    expect(scored(false)).toMatchObject({ aligned: true, observations: [{ scores: [1.5] }, { scores: null }] });
    expect(scored(true)).toMatchObject({ aligned: true, observations: [{ scores: [2] }, {}] });
    for (const baseline of [null, [0], [-1]]) {
      const odd = { ...reuse, tunes: [tune({ baseline })] };
      expect(knownTunes(odd, plain)).toMatchObject([{ aligned: false, observations: [{ scores: [1] }, {}] }]);
    }
  });

  it('is nothing of a tune that is scored in another way, or ran on something else', () => {
    expect(knownTunes(state(tune()), { ...plain, relative: true })).toEqual([]);
    expect(knownTunes(state(tune({ relative: true })), { ...plain, relative: true })).toMatchObject([
      { aligned: true },
    ]);
    const elsewhere = noteSurroundings(state(tune()), measured(1, {}, 1));
    expect(knownTunes(elsewhere, plain)).toEqual([]);
    // Another host of the same tune is like the earlier one.
    expect(knownTunes(noteSurroundings(elsewhere, measured(2, {}, 1, { provenance: here })), plain)).toHaveLength(1);
  });

  it('is said in the answer, the results and the plan', () => {
    expect(reuseSentence(state(tune(), tune()))).toBe('The search began with 4 observations of 2 earlier tunes.');
    expect(reuseLines(state(tune()))).toEqual([
      '2 observations of chat, 2026-11-03 (b1 on 2 x CPU)',
      'known to crash: tp_size=4 (OUT_OF_MEMORY)',
      'not old: it differs in model',
    ]);
    const elsewhere = noteSurroundings(state(tune()), measured(1, {}, 1));
    expect(reuseSentence(elsewhere)).toBe('');
    expect(reuseLines(elsewhere)[0]).toBe('not 2 observations of chat, 2026-11-03: it ran with b1 on 2 x CPU');
    expect(reuseResult(elsewhere)).toMatchObject({
      observations: 0,
      tunes: [{ used: false, crashed: 1 }],
      known_to_crash: [],
    });
  });
});
