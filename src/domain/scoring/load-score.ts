/** What one load says by itself: its score, and which SLO it misses. The only contact of the load plan with objectives and SLOs. */
import type { Measurement } from '../loads/measurement.js';
import type { Footprint } from '../loads/metric.js';
import { scoringOf } from './objective.js';
import { ratioScore, scoresOf } from './score.js';
import { checkSlos, describeMiss, slosOf } from './slo.js';
import type { TuningTask } from '../task/task.schema.js';

/** By the first objective, such that the ratio of two says how many times as bad one load is. Lower is better. */
export function scoreOfLoad(task: TuningTask, measurement: Measurement, footprint: Footprint | null): number {
  const { objectives } = scoringOf(task);
  const [score = NaN] = scoresOf(
    { measurements: [measurement], footprint },
    { objectives, over_loads: 'mean', load_weights: [] }
  );
  return ratioScore(score, objectives[0]);
}

/** `ttft p95 at most 500.0 ms is 561.5 ms ... under D(100,100) at 4`: the SLO that the load misses the most, or null when all hold. */
export function missOfLoad(task: TuningTask, measurement: Measurement, footprint: Footprint | null): string | null {
  const [miss] = checkSlos({ measurements: [measurement], footprint }, slosOf(task)).misses;
  return miss ? describeMiss(miss) : null;
}
