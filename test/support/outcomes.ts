/** Outcomes without a measurement behind them. */
import type { ExperimentOutcome, OutcomeStatus } from '../../src/domain/tuning/experiment.js';

const NO_TIME = {
  ...{ queued: 0, deploying: 0, starting: 0, warming_up: 0 },
  ...{ benchmarking: 0, benchmark_tool: 0, tearing_down: 0, total: 0 },
};

/** @param how the score of a success, or how else it ended; null is a success without a score. */
export function outcomeOf(experimentId: number, how: number | string | null): ExperimentOutcome {
  const status = (typeof how === 'string' ? how : 'succeeded') as OutcomeStatus;
  return {
    experimentId,
    combination: { x: experimentId },
    status,
    score: typeof how === 'number' ? how : null,
    measurements: [],
    failure: status === 'failed' ? { code: 'OUT_OF_MEMORY', message: 'm', evidence: [] } : null,
    timings: NO_TIME,
    provenance: null,
    artifactsUri: null,
    attempts: 1,
  };
}
