import { describe, expect, it } from '@jest/globals';
import { outcomeOf } from '../../../test/support/outcomes.js';
import type { FailureCode } from '../failures.js';
import { observationOf } from './observation.js';

const failed = (code: FailureCode): ReturnType<typeof observationOf> =>
  observationOf({ ...outcomeOf(1, 'failed'), failure: { code, message: 'm', evidence: [] } });

describe('what an experiment teaches', () => {
  it('is its score, and how far it misses its limits', () => {
    expect(observationOf(outcomeOf(3, -2.5))).toEqual({ combination: { x: 3 }, scores: [-2.5], violation: 0 });
    const infeasible = { ...outcomeOf(3, 'infeasible'), score: 4 };
    expect(observationOf(infeasible)).toMatchObject({ scores: [4], violation: 1 });
    const graded = { ...infeasible, scores: [4, 5], slo: { violation: 0.2, misses: [] } };
    expect(observationOf(graded)).toMatchObject({ scores: [4, 5], violation: 0.2 });
  });

  it('is that it does not work, where the combination is to blame or nothing can be compared', () => {
    const crash = { combination: { x: 1 }, scores: null, violation: 0 };
    expect(failed('OUT_OF_MEMORY')).toEqual(crash);
    expect(failed('LOAD_FAILED')).toEqual(crash);
    expect(observationOf(outcomeOf(1, NaN))).toEqual(crash);
    expect(observationOf(outcomeOf(1, null))).toEqual(crash);
  });

  it('is nothing where the machinery is to blame, or a person has ended it', () => {
    expect(failed('HOST_LOST')).toBeNull();
    expect(failed('INTERNAL')).toBeNull();
    expect(observationOf(outcomeOf(1, 'cancelled'))).toBeNull();
  });
});
