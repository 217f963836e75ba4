/** Queries and updates of the workflows. Their names are public: Temporal's own CLI and UI use them. */
import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { Ended } from '../domain/budget/ended.js';
import type { TunePlan } from '../domain/budget/tune-plan.js';
import type { Phase } from '../domain/tuning/experiment.js';
import type { TuningState } from '../domain/tuning/tuning-state.js';
import type { Scoring } from '../domain/scoring/objective.js';

/** Answer of the query `progress`. */
export interface TuneProgress {
  readonly taskName: string;
  readonly phase: 'preparing' | 'tuning' | 'paused' | 'writing-results' | 'done';
  /** Null until the task is prepared. */
  readonly scoring: Scoring | null;
  readonly state: TuningState;
  readonly startedAtMs: number;
  /** What it is to do and may use; null until the task is prepared. */
  readonly plan: TunePlan | null;
  /** Why it measures no more; null while it does, and where it was cancelled or failed. */
  readonly ended: Ended | null;
}

export const progressQuery = defineQuery<TuneProgress>('progress');

/** Starts no further experiment; the running ones end normally. */
export const pauseUpdate = defineUpdate<string>('pause');
export const resumeUpdate = defineUpdate<string>('resume');
/** Finishes with the best so far: running experiments are cancelled and taken down, then the results are written. */
export const stopUpdate = defineUpdate<string>('stop');
/** Allows more experiments. */
export const extendUpdate = defineUpdate<string, [{ iterations: number }]>('extend');

/** Answer of an experiment's query `experiment`. */
export interface ExperimentProgress {
  readonly phase: Phase;
  /** `on host-7`, when there is something to say. */
  readonly detail: string;
  /** When the phase began, in milliseconds since the epoch. */
  readonly sinceMs: number;
}

/**
 * Where an experiment stands. It is asked when somebody looks, and not told to its tune with each phase: that would cost every
 * experiment, watched or not, more than all of its other steps.
 */
export const experimentQuery = defineQuery<ExperimentProgress>('experiment');
