/** The phases of an experiment, in order, as timings name them and as people read them. */
import type { ExperimentRow } from '../../../src/contracts/http/index.js';

type Timings = NonNullable<ExperimentRow['timings']>;

export const PHASES = [
  ['queued', 'queued', 'queued'],
  ['deploying', 'deploying', 'deploy'],
  ['starting', 'starting', 'start'],
  ['warming-up', 'warming_up', 'warm-up'],
  ['benchmarking', 'benchmarking', 'benchmark'],
  ['tearing-down', 'tearing_down', 'tear-down'],
] as const satisfies readonly (readonly [string, keyof Timings, string])[];

/** Seconds of each phase that took any. */
export function partsOf(timings: Timings): { phase: string; words: string; seconds: number }[] {
  return PHASES.flatMap(([phase, key, words]) => {
    const seconds = timings[key];
    return seconds > 0 ? [{ phase, words, seconds }] : [];
  });
}
