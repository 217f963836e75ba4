import type { ResultsFile } from '../../../src/domain/results/tune-result.js';
import { finishedTune } from '../../support/finished-tunes.js';

/** Large enough that it is not written at once, and that what is written of it does not fit into a page. */
export function largeTune(runId: string, at: number): ResultsFile {
  const tune = finishedTune({ runId, at });
  const [one] = tune.all_results;
  const noise = (i: number): number => Math.abs(Math.sin(i * 12.9898 + at) * 43758.5453) % 1;
  const all_results = Array.from({ length: 200 }, (_, i) => ({
    ...one!,
    experiment_id: i + 1,
    objective_score: noise(i),
    timings_s: { total: noise(i + 1), queued: noise(i + 2), benchmarking: noise(i + 3) },
  }));
  return { ...tune, all_results };
}
