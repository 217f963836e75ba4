/** What the experiments of a tune have used so far: counted from their outcomes, so that a replay and the results file agree. */
import type { ExperimentOutcome, PhaseTimings } from '../tuning/experiment.js';

/** What one experiment took: the forecast is made of these. Seconds. */
export interface Sample {
  /** From deployment to the end of the tear-down, in all attempts together: its accelerators are taken for so long. */
  readonly occupied: number;
  /** With the wait for a place. */
  readonly total: number;
  /** Absent where the task has no `cost`. */
  readonly accelerators?: number | undefined;
  /** Whether it measured: a crash at the start is shorter than a measurement, and no final is one. */
  readonly measured: boolean;
}

export interface Usage {
  /** Experiments that have ended, of any role. */
  readonly experiments: number;
  /** Accelerators times the seconds for which they were taken. */
  readonly acceleratorSeconds: number;
  /** The latest, the newest last. */
  readonly samples: readonly Sample[];
}

/** Enough for a median, few enough to follow a search that comes to slower combinations; 3 kB in the state. */
const MOST_SAMPLES = 30;

export const UNUSED: Usage = { experiments: 0, acceleratorSeconds: 0, samples: [] };

type Timed = Pick<ExperimentOutcome, 'status' | 'timings' | 'accelerators'>;

export function noteUsage({ experiments, acceleratorSeconds, samples }: Usage, outcome: Timed): Usage {
  const sample = sampleOf(outcome);
  return {
    experiments: experiments + 1,
    acceleratorSeconds: acceleratorSeconds + (sample.accelerators ?? 0) * sample.occupied,
    // One that was cancelled tells nothing of how long the others take.
    samples: outcome.status === 'cancelled' ? samples : [...samples, sample].slice(-MOST_SAMPLES),
  };
}

function sampleOf({ status, timings, accelerators }: Timed): Sample {
  const measured = status === 'succeeded' || status === 'infeasible';
  return {
    occupied: occupiedSeconds(timings),
    total: timings.total,
    ...(accelerators === undefined ? {} : { accelerators }),
    measured,
  };
}

/** The phases are counted through all attempts; what a lost host did afterwards, nobody knows. */
function occupiedSeconds(timings: PhaseTimings): number {
  const { deploying, starting, warming_up, benchmarking, tearing_down } = timings;
  return deploying + starting + warming_up + benchmarking + tearing_down;
}
