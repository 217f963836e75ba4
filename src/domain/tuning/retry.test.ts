import { describe, expect, it } from '@jest/globals';
import { outcomeOf } from '../../../test/support/outcomes.js';
import type { ExperimentOutcome, OutcomeStatus } from './experiment.js';
import type { FailureCode } from '../failures.js';
import { describeReasons, experimentsToRetry, isRetryReason, summarizeKept, type Again } from './retry.js';

function outcome(experimentId: number, status: OutcomeStatus, code?: FailureCode): ExperimentOutcome {
  const failure = code ? { code, message: 'm', evidence: [] } : null;
  const score = status === 'succeeded' ? experimentId : null;
  return { ...outcomeOf(experimentId, score), status, failure };
}
const lost = (experimentId: number): Again => ({ experimentId, combination: { x: experimentId }, reason: 'lost' });
const numbers = (again: readonly Again[]): number[] => again.map(({ experimentId }) => experimentId);

const OUTCOMES = [
  outcome(1, 'succeeded'),
  outcome(2, 'failed', 'OUT_OF_MEMORY'),
  outcome(3, 'cancelled'),
  outcome(4, 'infeasible'),
  outcome(5, 'failed', 'HOST_LOST'),
  outcome(6, 'failed', 'OUT_OF_MEMORY'),
];
const EARLIER = { outcomes: OUTCOMES, lost: [lost(8), lost(7), lost(1)] };

describe('what is run again', () => {
  it('is what failed, was cancelled or was lost, and nothing that was measured', () => {
    expect(numbers(experimentsToRetry(EARLIER))).toEqual([2, 3, 5, 6, 7, 8]);
  });

  it('can be chosen by the reason', () => {
    expect(numbers(experimentsToRetry(EARLIER, ['OUT_OF_MEMORY', 'lost']))).toEqual([2, 6, 7, 8]);
    expect(experimentsToRetry(EARLIER, ['LOAD_FAILED'])).toEqual([]);
    const words = ['OUT_OF_MEMORY', 'lost', 'cancelled', 'OUT_OF_LUCK', 'toString'];
    expect(words.filter(isRetryReason)).toEqual(['OUT_OF_MEMORY', 'lost', 'cancelled']);
  });

  it('is told in short, the most frequent reason first', () => {
    expect(describeReasons(experimentsToRetry(EARLIER))).toBe('2 OUT_OF_MEMORY, 2 lost, 1 cancelled, 1 HOST_LOST');
  });
});

describe('what is kept', () => {
  it('is counted, with the best of it, and failures that are not run again', () => {
    const again = experimentsToRetry(EARLIER, ['cancelled', 'HOST_LOST']);
    expect(summarizeKept(OUTCOMES, again)).toMatchObject({
      counts: { succeeded: 1, infeasible: 1, failed: 2, cancelled: 0 },
      failures: { OUT_OF_MEMORY: 2 },
      best: { experimentId: 1 },
    });
  });
});
