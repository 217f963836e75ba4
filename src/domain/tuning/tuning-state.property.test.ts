import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { outcomeOf } from '../../../test/support/outcomes.js';
import type { ExperimentOutcome } from './experiment.js';
import { reduce, type TuningEvent } from './tuning-reducer.js';
import { finishedCount, initialState, remainingBudget, type TuningState } from './tuning-state.js';

/** Scores that sums, clocks and broken tools can make. */
const score = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.double(),
  fc.constantFrom(NaN, Infinity, -Infinity, -0, 1e308)
);
const ending = fc.oneof(score, fc.constantFrom('failed', 'infeasible', 'cancelled', null));

/** One step of a tune: what happens, and to which of those that are there. */
interface Step {
  readonly what: string;
  readonly which: number;
  readonly ending: number | string | null;
}
const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(
    'suggest',
    'start',
    'start',
    'finish',
    'finish',
    'abandon',
    'pause',
    'resume',
    'stop',
    'extend'
  ),
  which: fc.nat(),
  ending,
});

interface Run {
  state: TuningState;
  readonly recorded: ExperimentOutcome[];
  readonly abandoned: number[];
}

/** Does what the workflow does at such a step. */
function act(run: Run, { what, which, ending: how }: Step): void {
  const { state } = run;
  const pick = <T>(items: readonly T[]): T | undefined => items[which % Math.max(1, items.length)];
  const apply = (event: TuningEvent): void => {
    run.state = reduce(run.state, event);
  };
  const [planned, running] = [pick(state.planned), pick(state.running)];
  if (what === 'suggest') {
    const count = Math.min(which % 4, remainingBudget(state));
    const combinations = Array.from({ length: count }, (_, i) => ({ x: state.cursor + i }));
    apply({ type: 'suggested', combinations, cursor: state.cursor + count, exhausted: false });
  } else if (what === 'start' && planned) apply({ type: 'started', experimentId: planned.experimentId });
  else if (what === 'finish' && running) {
    const outcome = outcomeOf(running.experimentId, how);
    run.recorded.push(outcome);
    apply({ type: 'finished', outcome });
  } else if (what === 'abandon' && running) {
    run.abandoned.push(running.experimentId);
    apply({ type: 'abandoned', experimentId: running.experimentId });
  } else if (what === 'pause') apply({ type: 'paused' });
  else if (what === 'resume') apply({ type: 'resumed' });
  else if (what === 'stop' && which % 10 === 0) apply({ type: 'stopped' });
  else if (what === 'extend') apply({ type: 'extended', by: 1 + (which % 3) });
}

/** The best of what was recorded, looked for without the reducer. */
function bestOf(outcomes: readonly ExperimentOutcome[]): number | null {
  const usable = outcomes.filter((item) => item.status === 'succeeded' && Number.isFinite(item.score));
  usable.sort((a, b) => (a.score as number) - (b.score as number) || a.experimentId - b.experimentId);
  return usable[0]?.experimentId ?? null;
}

describe('the state of a tune', () => {
  it('adds up after every step, whatever happens in whatever order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), fc.nat(20), (steps, budget) => {
        const run: Run = { state: initialState(budget), recorded: [], abandoned: [] };
        for (const one of steps) {
          const before = run.state;
          act(run, one);
          const { state, recorded, abandoned } = run;
          const open = [...state.planned, ...state.running].map((item) => item.experimentId);
          const all = [...open, ...recorded.map((item) => item.experimentId), ...abandoned].sort((a, b) => a - b);
          expect(all).toEqual(Array.from({ length: state.nextExperimentId - 1 }, (_, i) => i + 1));
          expect(all.length).toBeLessThanOrEqual(state.maxIterations);
          expect(finishedCount(state)).toBe(recorded.length);
          expect(state.best?.experimentId ?? null).toBe(bestOf(recorded));
          const failures = recorded.filter((item) => item.failure).length;
          expect(Object.values(state.failures).reduce((sum, count) => sum + count, 0)).toBe(failures);
          expect(state.recent.map((item) => item.experimentId)).toEqual(
            recorded.slice(-20).map((item) => item.experimentId)
          );
          // Stopping is for good, and a budget never shrinks.
          expect(state.stopping || !before.stopping).toBe(true);
          expect(state.maxIterations).toBeGreaterThanOrEqual(before.maxIterations);
          if (state.stopping) expect(remainingBudget(state)).toBe(0);
        }
      })
    );
  });

  it('is the same whatever the order in which experiments end', () => {
    const endings = fc.array(ending, { minLength: 1, maxLength: 30 });
    const shuffled = endings.chain((all) => {
      const outcomes = all.map((how, i) => outcomeOf(i + 1, how));
      const order = fc.shuffledSubarray(outcomes, { minLength: outcomes.length, maxLength: outcomes.length });
      return fc.tuple(fc.constant(outcomes), order);
    });
    const after = (outcomes: readonly ExperimentOutcome[]): TuningState =>
      outcomes.reduce((state, outcome) => reduce(state, { type: 'finished', outcome }), initialState(100));
    fc.assert(
      fc.property(shuffled, ([outcomes, order]) => {
        const [one, other] = [after(outcomes), after(order)];
        expect(other.best).toEqual(one.best);
        expect(other.counts).toEqual(one.counts);
        expect(other.failures).toEqual(one.failures);
      })
    );
  });

  it('takes what it does not know of for nothing', () => {
    fc.assert(
      fc.property(fc.integer(), (experimentId) => {
        const state = initialState(3);
        expect(reduce(state, { type: 'started', experimentId })).toEqual(state);
        expect(reduce(state, { type: 'abandoned', experimentId })).toEqual(state);
      })
    );
  });

  it('pauses and goes on without losing anything, and cannot be paused while it stops', () => {
    const paused = reduce(initialState(3), { type: 'paused' });
    expect(remainingBudget(paused)).toBe(3);
    expect(reduce(paused, { type: 'resumed' })).toEqual(initialState(3));
    expect(reduce(paused, { type: 'stopped' })).toMatchObject({ stopping: true, paused: false });
  });
});
