import { describe, expect, it } from '@jest/globals';
import { measurement } from '../../../test/support/fake-activities.js';
import { outcomeOf } from '../../../test/support/outcomes.js';
import { taskOf } from '../../../test/support/tasks.js';
import { describeAnswer, describeInfeasible } from './answer.js';
import { assess } from '../scoring/assess.js';
import type { ExperimentOutcome } from './experiment.js';
import { scoringOf } from '../scoring/objective.js';
import type { TuningTask } from '../task/task.schema.js';
import { reduce } from './tuning-reducer.js';
import { initialState } from './tuning-state.js';
import { verdictSoFar } from '../verdict/plan-finals.js';
import { verificationOf } from '../verdict/settings.js';

/** Experiments by what they measured: latency in seconds and tokens per second; null failed. */
function answer(task: TuningTask, ...measured: ([number, number] | null)[]): string {
  const outcomes = measured.map((values, i): ExperimentOutcome => {
    const failed = outcomeOf(i + 1, 'failed');
    if (!values) return failed;
    const measurements = [measurement(...values)];
    return { ...failed, failure: null, measurements, ...assess(task, failed.combination, { measurements }) };
  });
  const state = outcomes.reduce((current, outcome) => reduce(current, { type: 'finished', outcome }), initialState(10));
  const verdict = verdictSoFar({ ...verificationOf(task), hasBaseline: false }, state.finals, 'ended');
  return describeAnswer(state, scoringOf(task), { best: state.best, verdict });
}

const ONE = taskOf();
const WITH_SLO = taskOf({ slos: [{ metric: 'e2e_latency', statistic: 'p95', max: 2 }] });
const TWO = taskOf({ optimization: { objective: ['minimize_latency', 'maximize_throughput'] } });

describe('the answer', () => {
  it('names the best of the prototype’s objectives as before', () => {
    expect(answer(ONE, [3, 1], [2, 1], null)).toBe('Best of 3: experiment 2 with x=2, e2e latency mean 2.000 s.');
    expect(answer(ONE, null, null)).toBe('No feasible configuration among 2: OUT_OF_MEMORY 2 times.');
  });

  it('never names what misses an SLO, however good its score', () => {
    const best = taskOf({ ...WITH_SLO, optimization: { objective: 'maximize_throughput' } });
    expect(answer(best, [1, 5], [9, 500])).toBe(
      'Best of 2: experiment 1 with x=1, output throughput 5.00 tok/s. 1 misses an SLO.'
    );
  });

  it('shows the nearest where nothing holds the SLOs, and what it misses by how much', () => {
    expect(answer(WITH_SLO, [5, 1], [2.5, 1], null, [3, 1])).toBe(
      'No feasible configuration among 4: 3 miss an SLO, OUT_OF_MEMORY 1 times. ' +
        'The nearest is experiment 2 with x=2, e2e latency mean 2.500 s: ' +
        'e2e latency p95 at most 2.000 s is 2.500 s (25.0 % too much) under D(100,100) at 1.'
    );
  });

  it('says of those that early_end has ended just that, where none has missed an SLO', () => {
    const state = { ...initialState(10), counts: { ...initialState(10).counts, infeasible: 2 } };
    expect(describeInfeasible(state)).toBe('2 ended early');
  });

  it('shows the front of several objectives, and its balanced member', () => {
    expect(answer(TWO, [1, 10], [2, 95], [10, 100], [11, 99])).toBe(
      'Best of 4: experiment 1 with x=1, e2e latency mean 1.000 s, output throughput 10.00 tok/s. ' +
        'It is the best by the first objective; better in another: experiment 2 (balanced), 3.'
    );
    expect(answer(TWO, [1, 100], [2, 95])).toMatch(/100.00 tok\/s\. No other is better in any objective\.$/);
  });

  it('takes the earlier objective first, and then the next', () => {
    expect(answer(TWO, [1, 10], [1, 20])).toMatch(/^Best of 2: experiment 2 with x=2/);
  });
});
