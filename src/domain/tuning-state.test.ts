import { describe, expect, it } from '@jest/globals';
import type { ExperimentOutcome } from './experiment.js';
import type { Verdict } from './verdict/verdict.js';
import { finishedCount, hasWork, initialState, reduce, remainingBudget, type TuningEvent } from './tuning-state.js';

function outcome(experimentId: number, score: number | null): ExperimentOutcome {
  const failure = { code: 'OUT_OF_MEMORY', message: 'm', evidence: [] } as const;
  return {
    experimentId,
    combination: { x: experimentId },
    status: score === null ? 'failed' : 'succeeded',
    score,
    measurements: [],
    failure: score === null ? failure : null,
    timings: {
      queued: 0,
      deploying: 0,
      starting: 0,
      warming_up: 0,
      benchmarking: 0,
      benchmark_tool: 0,
      tearing_down: 0,
      total: 0,
    },
    provenance: null,
    artifactsUri: null,
    attempts: 1,
  };
}

const run = (...events: TuningEvent[]): ReturnType<typeof initialState> => events.reduce(reduce, initialState(10));
const suggested = (count: number): TuningEvent => ({
  type: 'suggested',
  combinations: Array.from({ length: count }, (_, i) => ({ x: i + 1 })),
  cursor: count,
  exhausted: false,
});
const finished = (experimentId: number, score: number | null): TuningEvent => ({
  type: 'finished',
  outcome: outcome(experimentId, score),
});

describe('the state of a tune', () => {
  it('moves an experiment from planned to running to finished', () => {
    const state = run(suggested(2), { type: 'started', experimentId: 1 });
    expect(state.planned.map((item) => item.experimentId)).toEqual([2]);
    expect(state.running).toMatchObject([{ experimentId: 1 }]);
    const done = reduce(state, finished(1, 5));
    expect(done.running).toEqual([]);
    expect(finishedCount(done)).toBe(1);
    expect(remainingBudget(done)).toBe(8);
  });

  it('names the same best whatever the order of completion', () => {
    const forwards = run(finished(1, 3), finished(2, 1), finished(3, 1), finished(4, null));
    const backwards = run(finished(4, null), finished(3, 1), finished(2, 1), finished(1, 3));
    expect(forwards.best?.experimentId).toBe(2);
    expect(backwards.best?.experimentId).toBe(2);
    expect(forwards.failures).toEqual({ OUT_OF_MEMORY: 1 });
  });

  it('keeps the baseline and the finals apart from the search', () => {
    const start = [{ type: 'baseline' as const, combination: {} }, suggested(2)].reduce(reduce, initialState(10));
    expect(start.planned.map(({ experimentId, role }) => [experimentId, role])).toEqual([
      [0, 'baseline'],
      [1, undefined],
      [2, undefined],
    ]);
    const final = { of: 2, round: 1, combination: { x: 2 } };
    const judged = reduce({ ...start, planned: [] }, { type: 'judged', experiments: [final], verdict: null });
    expect(judged.planned).toEqual([{ experimentId: 3, role: 'final', ...final }]);
    expect(remainingBudget(judged)).toBe(8);
    const done = [
      { type: 'finished' as const, outcome: { ...outcome(0, null), role: 'baseline' as const } },
      { type: 'finished' as const, outcome: { ...outcome(3, 1), role: 'final' as const, of: 2, round: 1 } },
    ].reduce(reduce, judged);
    expect(done).toMatchObject({ best: null, failures: {}, finals: { baseline: { score: null }, leaders: [] } });
    expect(done.finals.measured).toEqual([{ of: 2, round: 1, score: 1, failed: false }]);
    expect(finishedCount(done)).toBe(0);
    expect(done.recent).toMatchObject([{ role: 'baseline' }, { role: 'final', of: 2, round: 1 }]);
  });

  it('has work until there is a verdict, and again when a search goes on after it', () => {
    const idle = { ...initialState(1), exhausted: true };
    expect(hasWork(idle)).toBe(true);
    expect(hasWork({ ...idle, running: [{ experimentId: 1, combination: {} }] })).toBe(false);
    const verdict = { kind: 'not_verified' } as Verdict;
    const judged = reduce(idle, { type: 'judged', experiments: [], verdict });
    expect(hasWork(judged)).toBe(false);
    expect(reduce(judged, suggested(1)).finals.verdict).toBeNull();
  });

  it('stays small however many experiments there were', () => {
    let state = initialState(1e6);
    for (let i = 1; i <= 5000; i++) state = reduce(state, finished(i, i));
    expect(JSON.stringify(state).length).toBeLessThan(5000);
    expect(finishedCount(state)).toBe(5000);
  });

  it('keeps what an earlier run has measured, and plans no more than what is run again, under the same numbers', () => {
    const { counts, failures, best, finals } = run(finished(1, 5), finished(3, null));
    const retry = run({ type: 'kept', of: 'earlier', again: 2, nextExperimentId: 8, counts, failures, best, finals });
    expect(retry).toMatchObject({ maxIterations: 4, best: { experimentId: 1 }, failures: { OUT_OF_MEMORY: 1 } });
    expect(remainingBudget(retry)).toBe(2);
    const again = [2, 7].map((experimentId) => ({ experimentId, combination: { x: experimentId } }));
    const planned = reduce(retry, { type: 'suggested-again', experiments: again, cursor: 2, exhausted: true });
    expect(planned.planned).toEqual(again);
    expect(remainingBudget(planned)).toBe(0);
    const done = [finished(2, 1), finished(7, 9)].reduce(reduce, planned);
    expect(done.best?.experimentId).toBe(2);
    expect(finishedCount(done)).toBe(4);
  });

  it('has no budget left when it is stopping, and more when it is extended', () => {
    expect(remainingBudget(run({ type: 'stopped' }))).toBe(0);
    expect(remainingBudget(run({ type: 'extended', by: 5 }))).toBe(15);
  });
});
