import { describe, expect, it } from '@jest/globals';
import type { ExperimentOutcome } from './experiment.js';
import { MOST_OBSERVATIONS } from './finish-experiment.js';
import { reduce, type TuningEvent } from './tuning-reducer.js';
import {
  awaitsBaseline,
  finishedCount,
  hasWork,
  initialState,
  remainingBudget,
  type TuningState,
} from './tuning-state.js';
import type { Verdict } from '../verdict/verdict.js';

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

  describe('of a strategy that learns', () => {
    /** A numbered combination, from its suggestion to its end. */
    function experiment(state: TuningState, index: number, ending: ExperimentOutcome): TuningState {
      const { nextExperimentId: experimentId, cursor } = state;
      const combinations = [{ x: index }];
      const events: TuningEvent[] = [
        { type: 'suggested', combinations, indices: [index], cursor, exhausted: false },
        { type: 'started', experimentId },
        { type: 'finished', outcome: { ...ending, experimentId } },
      ];
      return events.reduce(reduce, state);
    }

    it('knows who leads by the numbers that a model gives', () => {
      let state = initialState(10);
      for (const index of [70, 7, 9]) state = experiment(state, index, outcome(1, index));
      expect(state.finals.leaders).toMatchObject([{ experimentId: 2 }, { experimentId: 3 }, { experimentId: 1 }]);
      expect(reduce(state, { type: 'ranked', leaders: [70, 9] }).finals.ranking).toEqual([1, 3, 2]);
    });

    it('keeps what each experiment taught, and which taught nothing', () => {
      const cancelled = { ...outcome(1, null), status: 'cancelled', failure: null } as const;
      let state = experiment(initialState(10), 70, outcome(1, 2.5));
      state = experiment(state, 7, outcome(1, null));
      state = experiment(state, 9, cancelled);
      expect(state.observations).toEqual([
        { index: 70, scores: [2.5], violation: 0 },
        { index: 7, scores: null, violation: 0 },
      ]);
      expect(state.unlearned).toEqual([9]);
    });

    it('stays small enough to be carried', () => {
      let state = initialState(1e6);
      for (let i = 0; i < MOST_OBSERVATIONS + 200; i++) state = experiment(state, i, outcome(1, -1234.56789012345 - i));
      expect(state.observations).toHaveLength(MOST_OBSERVATIONS);
      expect(JSON.stringify(state).length).toBeLessThan(80_000);
    });
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

  it('keeps a small front of several objectives, in the order of the experiments, of what is feasible', () => {
    const scored = (experimentId: number, ...scores: number[]): TuningEvent => ({
      type: 'finished',
      outcome: { ...outcome(experimentId, scores[0] ?? 0), scores },
    });
    const missed = { ...outcome(9, 0), scores: [0, 0], status: 'infeasible' as const };
    const few = run(scored(3, 2, 2), scored(1, 1, 3), { type: 'finished', outcome: missed }, scored(2, 3, 3));
    expect(few.front).toEqual([
      { experimentId: 1, combination: { x: 1 }, scores: [1, 3] },
      { experimentId: 3, combination: { x: 3 }, scores: [2, 2] },
    ]);
    expect(few.best?.experimentId).toBe(1);
    const many = Array.from({ length: 500 }, (_, i) => scored(i + 1, i, -(i ** 2))).reduce(reduce, initialState(500));
    expect(many.front).toHaveLength(30);
    expect([many.front?.[0]?.experimentId, many.front?.at(-1)?.experimentId]).toEqual([1, 500]);
  });

  it('knows what misses the SLOs the least, whatever the order, and keeps it for a retry', () => {
    const missing = (experimentId: number, violation: number, score: number): ExperimentOutcome => ({
      ...outcome(experimentId, score),
      status: 'infeasible',
      slo: { violation, misses: [] },
    });
    const outcomes = [missing(1, 0.5, 1), missing(2, 0.2, 9), missing(3, 0.2, 8), missing(4, 0.2, 8)];
    for (const order of [outcomes, outcomes.toReversed()]) {
      const state = order
        .map((one): TuningEvent => ({ type: 'finished', outcome: one }))
        .reduce(reduce, initialState(9));
      expect(state).toMatchObject({ best: null, nearest: { experimentId: 3, slo: { violation: 0.2 } } });
      const { counts, failures, best, nearest, finals, nextExperimentId } = state;
      const kept: TuningEvent = {
        type: 'kept',
        of: 'x',
        again: 1,
        counts,
        failures,
        best,
        finals,
        nextExperimentId,
        ...(nearest ? { nearest } : {}),
      };
      expect(run(kept).nearest?.experimentId).toBe(3);
    }
    expect(run(finished(1, 5))).not.toHaveProperty('nearest');
  });

  it('lets others wait for the baseline where their worst load is told by it', () => {
    const running = { ...initialState(3), running: [{ experimentId: 0, combination: {} }] };
    expect(awaitsBaseline(running, { over_loads: 'worst' })).toBe(true);
    expect(awaitsBaseline(running, { over_loads: 'mean' })).toBe(false);
    const measured = reduce(running, { type: 'finished', outcome: outcome(0, 1), reference: [[[1]]] });
    expect(awaitsBaseline(measured, { over_loads: 'worst' })).toBe(false);
    expect(reduce(measured, finished(1, 2)).reference).toEqual([[[1]]]);
  });

  it('has no budget left when it is stopping, and more when it is extended', () => {
    expect(remainingBudget(run({ type: 'stopped' }))).toBe(0);
    expect(remainingBudget(run({ type: 'extended', by: 5 }))).toBe(15);
  });
});
