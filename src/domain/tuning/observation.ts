/** What an optimizer learns from experiments. */
import type { Combination } from '../space/combination.js';
import type { ExperimentOutcome } from './experiment.js';
import { failureScope } from '../failures.js';

interface Lesson {
  /** One score per objective, lower is better; null when it failed. */
  readonly scores: readonly number[] | null;
  /** 0: every limit holds. Above 0: by how much the worst SLO is missed, relative to its limit (0.2 = 20 %). Ignored where scores is null. */
  readonly violation: number;
}

/** What one finished experiment teaches. */
export interface Observation extends Lesson {
  readonly combination: Combination;
}

/** An observation as a tune carries it: the combination by its number in the search space, since there may be hundreds. */
export interface Observed extends Lesson {
  readonly index: number;
}

/** How badly an SLO is missed when the outcome does not say: as much as its own limit. */
const UNGRADED_MISS = 1;

/**
 * @returns null for what teaches nothing about the combination: it was cancelled, or the infrastructure failed. What was measured but
 * is no finite number counts as failed.
 */
export function observationOf(outcome: ExperimentOutcome): Observation | null {
  const lesson = lessonOf(outcome);
  return lesson && { combination: outcome.combination, ...lesson };
}

function lessonOf(outcome: ExperimentOutcome): Lesson | null {
  const failed = { scores: null, violation: 0 };
  switch (outcome.status) {
    case 'cancelled':
      return null;
    case 'failed':
      return outcome.failure && failureScope(outcome.failure.code) === 'experiment' ? failed : null;
    case 'succeeded':
    case 'infeasible': {
      const single = outcome.score === null ? [] : [outcome.score];
      const scores = outcome.scores && outcome.scores.length > 0 ? outcome.scores : single;
      if (scores.length === 0 || !scores.every(Number.isFinite)) return failed;
      const missed = outcome.status === 'infeasible';
      // What was only too far behind the best is a bad score, and no miss.
      const ungraded = outcome.endedEarly?.kind === 'hopeless' ? 0 : UNGRADED_MISS;
      return { scores, violation: missed ? outcome.slo?.violation || ungraded : 0 };
    }
  }
}
