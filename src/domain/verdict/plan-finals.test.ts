import { describe, expect, it } from '@jest/globals';
import { afterSearch, playFinals, SETTINGS } from '../../../test/support/finals.js';
import { outcomeOf } from '../../../test/support/outcomes.js';
import { awaitsRanking, noteOutcome, NO_FINALS, rank, type FinalsState } from './finals-state.js';
import { planFinals, verdictSoFar } from './plan-finals.js';

/** Noise without chance: a few per cent, different for everyone in every round. */
const noise = (of: number, round: number): number => 1 + 0.03 * Math.sin(7 * of + 3 * round);
const searched = afterSearch(1, [0.9, 0.5, 0.7, 'failed', 0.6]);

describe('finals', () => {
  it('measure the best of the search and the baseline, each round in another order', () => {
    const { rounds, verdict } = playFinals(SETTINGS, searched, (of, round) => (of === 0 ? 1 : 0.99) * noise(of, round));
    expect(rounds.slice(0, 3)).toEqual([
      [0, 2, 5],
      [2, 5, 0],
      [5, 0, 2],
    ]);
    expect(verdict.measurements).toBe(rounds.flat().length);
  });

  it('see a large gain in the fewest rounds, and say how large it is', () => {
    const { rounds, verdict } = playFinals(SETTINGS, searched, (of, round) => (of === 2 ? 0.5 : 1) * noise(of, round));
    expect(rounds).toHaveLength(3);
    expect(verdict).toMatchObject({ kind: 'gain', winner: 2, compared: 2, rounds: 3, measurements: 9 });
    expect(verdict.gain?.percent).toBeGreaterThan(45);
    expect(verdict.gain?.low).toBeLessThan(50);
    expect(verdict.gain?.high).toBeGreaterThan(50);
    expect(verdict.words).toMatch(
      /^Verified: experiment 2 is \d\d\.\d % better than the baseline \(95 % interval .*, 3 rounds\)\.$/
    );
  });

  it('need more rounds for a small one, and drop who cannot win', () => {
    const { rounds, verdict } = playFinals(
      SETTINGS,
      searched,
      (of, round) => [1, 1, 0.94, 1, 1, 1.5][of]! * noise(of, round)
    );
    expect(verdict).toMatchObject({ kind: 'gain', winner: 2 });
    expect(rounds.length).toBeGreaterThan(3);
    expect(rounds.slice(3).every((round) => !round.includes(5))).toBe(true);
  });

  it('name the finalist that is the best in them, not in the search', () => {
    const { verdict } = playFinals(SETTINGS, searched, (of, round) => (of === 5 ? 0.5 : 1) * noise(of, round));
    expect(verdict).toMatchObject({ kind: 'gain', winner: 5 });
  });

  it('claim nothing where there is nothing, and stop when no further round could', () => {
    const { rounds, verdict } = playFinals(SETTINGS, searched, (of, round) => noise(of, round));
    expect(verdict).toMatchObject({ kind: 'no_gain', winner: null });
    expect(verdict.words).toMatch(/^No significant gain: keep the baseline\. Experiment \d came nearest, /);
    expect(rounds.length).toBeLessThanOrEqual(10);
    const worse = playFinals(SETTINGS, searched, (of, round) => (of === 0 ? 1 : 1.3) * noise(of, round));
    expect(worse).toMatchObject({ verdict: { kind: 'no_gain' }, rounds: { length: 3 } });
  });

  it('understand what is maximised: negated scores', () => {
    const state = afterSearch(-10, [-12, -20]);
    const { verdict } = playFinals(SETTINGS, state, (of, round) => [-10, -12, -20][of]! * noise(of, round));
    expect(verdict).toMatchObject({ kind: 'gain', winner: 2 });
    expect(verdict.gain?.percent).toBeGreaterThan(90);
  });

  it('do not recommend what fails when it is started again', () => {
    const once = playFinals(SETTINGS, searched, (of, round) =>
      of === 2 && round === 2 ? 'failed' : [1, 1, 0.3, 1, 1, 0.5][of]! * noise(of, round)
    );
    expect(once.verdict).toMatchObject({ kind: 'gain', winner: 5 });
    expect(once.verdict.words).toContain('Experiment 2 failed when started again, and is out.');
    const always = playFinals(SETTINGS, searched, (of, round) => (of === 0 ? noise(of, round) : 'failed'));
    expect(always).toMatchObject({ verdict: { kind: 'no_gain', compared: null }, rounds: { length: 1 } });
    expect(always.verdict.words).toContain('Experiments 2 and 5 failed');
  });

  it('go on when the baseline fails once, or a measurement was cancelled, and end when it fails for good', () => {
    const once = playFinals(SETTINGS, searched, (of, round) =>
      round === 1 && of !== 5 ? (of === 0 ? 'failed' : 'cancelled') : (of === 2 ? 0.5 : 1) * noise(of, round)
    );
    expect(once.verdict).toMatchObject({ kind: 'gain', winner: 2, rounds: 3 });
    expect(once.rounds).toHaveLength(4);
    const never = playFinals(SETTINGS, searched, (of, round) => (of === 0 ? 'failed' : noise(of, round)));
    expect(never).toMatchObject({ verdict: { kind: 'baseline_failed' }, rounds: { length: 2 } });
  });

  it('take in what a retry or an extension has found to be better', () => {
    const first = playFinals(SETTINGS, searched, (of, round) => noise(of, round));
    const { state } = first;
    const better = noteOutcome(state, outcomeOf(9, 0.1));
    const { verdict, rounds } = playFinals(SETTINGS, better, (of, round) => (of === 9 ? 0.5 : 1) * noise(of, round));
    expect(verdict).toMatchObject({ kind: 'gain', winner: 9 });
    expect(rounds[first.rounds.length]).toContain(9);
  });

  it('have a verdict at once where they cannot be', () => {
    const never = (): never => {
      throw new Error('nothing is measured');
    };
    const of = (...args: Parameters<typeof afterSearch>): unknown =>
      playFinals(SETTINGS, afterSearch(...args), never).verdict;
    expect(of('failed', [1])).toMatchObject({
      kind: 'baseline_failed',
      words: expect.stringContaining('OUT_OF_MEMORY'),
    });
    expect(of(1, ['failed'])).toMatchObject({ kind: 'nothing_succeeded', words: '' });
    expect(of(0, [1])).toMatchObject({ kind: 'not_verified', words: expect.stringContaining('zero') });
    const off = { ...SETTINGS, finalists: 0 };
    expect(playFinals(off, searched, never).verdict).toMatchObject({ kind: 'not_verified', words: '' });
    const without = { ...SETTINGS, hasBaseline: false };
    expect(playFinals(without, searched, never).verdict).toMatchObject({ kind: 'not_verified', words: '' });
  });

  it('are not verified when the tune ends before them, and not yet while it goes on', () => {
    expect(verdictSoFar(SETTINGS, searched, 'ended').words).toMatch(/^Not verified: the tune ended before/);
    expect(verdictSoFar(SETTINGS, searched, 'running').words).toBe('No verdict yet: the tune goes on.');
  });

  it('keep their state small', () => {
    const many = afterSearch(
      1,
      Array.from({ length: 500 }, (_, i) => 1 + ((i * 7919) % 500))
    );
    expect(many.leaders.map(({ score }) => score)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(JSON.stringify(rank(many, [])).length).toBeLessThan(1000);
  });
});

describe('a ranking by the model of the search', () => {
  const numbered = [0.9, 0.5, 0.7, 'failed', 0.6].reduce<FinalsState>(
    (state, how, i) => noteOutcome(state, outcomeOf(i + 1, how), 10 * (i + 1)),
    afterSearch(1, [])
  );
  const measure = (of: number, round: number): number => (of === 3 ? 0.5 : 1) * noise(of, round);

  it('says who takes part, and the scores say who follows', () => {
    const ranked = rank(numbered, [30, 77, 10]);
    expect(ranked.ranking).toEqual([3, 1, 2, 5]);
    const { rounds, verdict } = playFinals(SETTINGS, ranked, measure);
    expect(rounds[0]).toEqual([0, 3, 1]);
    expect(verdict).toMatchObject({ kind: 'gain', winner: 3 });
    expect(rank(numbered, []).ranking).toEqual([2, 5, 3, 1]);
  });

  it('is asked for once, where there are finals and more who could be in them', () => {
    expect(awaitsRanking(SETTINGS, numbered)).toBe(true);
    expect(awaitsRanking(SETTINGS, rank(numbered, []))).toBe(false);
    expect(awaitsRanking({ ...SETTINGS, finalists: 4 }, numbered)).toBe(false);
    expect(awaitsRanking({ ...SETTINGS, finalists: 0 }, numbered)).toBe(false);
    expect(awaitsRanking({ ...SETTINGS, hasBaseline: false }, numbered)).toBe(false);
    expect(awaitsRanking(SETTINGS, afterSearch('failed', [1, 2, 3]))).toBe(false);
  });

  it('ends with the next leader that a search finds, and not with what is none', () => {
    const ranked = rank(numbered, [30]);
    expect(noteOutcome(ranked, outcomeOf(6, 'failed'), 60).ranking).toEqual(ranked.ranking);
    expect(noteOutcome(ranked, outcomeOf(6, 0.8), 60)).not.toHaveProperty('ranking');
  });

  it('is told by the outcomes of the finals alone', () => {
    const live = playFinals(SETTINGS, rank(numbered, [30, 10]), measure);
    const searched = [0.9, 0.5, 0.7, 0.6].map((score, i) => outcomeOf(i < 3 ? i + 1 : 5, score));
    const finals = live.state.measured.map(({ of, round, score }, i) => ({
      ...outcomeOf(100 + i, score),
      ...{ role: 'final' as const, of, round, among: [3, 1] },
    }));
    const read = [{ ...outcomeOf(0, 1), role: 'baseline' as const }, ...searched, ...finals].reduce<FinalsState>(
      (state, outcome) => noteOutcome(state, outcome),
      NO_FINALS
    );
    expect(verdictSoFar(SETTINGS, read, 'ended')).toEqual(live.verdict);
  });
});

describe('an A/A tune', () => {
  const settings = { ...SETTINGS, starts: 5 };

  it('starts the same configuration again and again, and tells the noise', () => {
    const { verdict, rounds } = playFinals(
      settings,
      afterSearch(1, []),
      (_, round) => [1, 1.02, 0.98, 1.02, 0.98][round]!
    );
    expect(rounds).toEqual([[0], [0], [0], [0]]);
    expect(verdict).toMatchObject({ kind: 'noise', rounds: 5, noise: { degrees_of_freedom: 4 } });
    expect(verdict.noise?.percent).toBeCloseTo(2, 1);
    expect(verdict.words).toMatch(/differs by 2\.0 % from start to start .* find a gain of \d+\.\d %/);
  });

  it('measures what is missing only, and needs a baseline that works', () => {
    const state = afterSearch(1, []);
    const half = { ...state, measured: [2, 3].map((round) => ({ of: 0, round, score: 1, failed: false })) };
    expect(planFinals(settings, half).experiments.map(({ round }) => round)).toEqual([1, 4]);
    expect(planFinals(settings, afterSearch('failed', [])).verdict).toMatchObject({ kind: 'baseline_failed' });
  });
});
