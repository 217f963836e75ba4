/** Tunes of another day, as they are stored. */
import type { EarlierRun } from '../../src/domain/reuse/recall.js';
import type { Combination } from '../../src/domain/space/combination.js';
import type { TuningTask } from '../../src/domain/task/task.schema.js';
import type { ExperimentOutcome, Provenance } from '../../src/domain/tuning/experiment.js';
import { measurement } from './fake-activities.js';
import { outcomeOf } from './outcomes.js';

export const PROVENANCE: Provenance = {
  ...{ host: 'h', engine: 'llama.cpp', engine_version: '1', model: 'm', benchmark_version: '1', hardware: '2 x CPU' },
  ...{ command: null, load_average: 0 },
};

/** Measured with this mean latency in seconds. */
export function measured(
  experimentId: number,
  combination: Combination,
  latency: number,
  more: Partial<ExperimentOutcome> = {}
): ExperimentOutcome {
  const one = { ...outcomeOf(experimentId, latency), combination, measurements: [measurement(latency)] };
  return { ...one, scores: [latency], provenance: PROVENANCE, ...more };
}

export function crashed(experimentId: number, combination: Combination): ExperimentOutcome {
  return { ...outcomeOf(experimentId, 'failed'), combination };
}

export function earlierRun(task: TuningTask, outcomes: readonly ExperimentOutcome[]): EarlierRun {
  return { taskName: 'earlier', runId: 'r', storedAtMs: 0, task, outcomes };
}
