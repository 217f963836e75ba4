/** A plan in words. */
import { mostMeasured } from '../domain/loads/load-plan.js';
import { maxLoadOf } from '../domain/loads/max-load-plan.js';
import { describeLoad, loadsOf } from '../domain/loads/load.js';
import { describeArrival } from '../domain/task/open-loop.schema.js';
import type { TuningTask } from '../domain/task/task.schema.js';

export function describeLoads(task: TuningTask): string {
  const { starts } = mostMeasured(task);
  const maxLoad = maxLoadOf(task);
  if (maxLoad)
    return `the most of ${maxLoad.min} to ${maxLoad.max} at once under the SLOs, in at most ${starts} starts`;
  const loads = loadsOf(task.benchmark);
  const { repeats = 1 } = task.benchmark;
  const often = starts > 1 ? `, ${repeats > 1 ? `${repeats} times, ` : ''}in at most ${starts} starts` : '';
  const arrivals = task.benchmark.request_rate === undefined ? '' : `; ${describeArrival(task.benchmark)}`;
  return `${loads.length} per experiment${often}: ${loads.map(describeLoad).join(', ')}${arrivals}`;
}

/** The fewest and the most measurements of the finals; how many there will be, the gain decides. */
export function finalsOf(
  { baseline, verification: { finalists, rounds } }: TuningTask,
  experiments: number
): [least: number, most: number] {
  const participants = Math.min(finalists, experiments) + 1;
  if (baseline === false || participants === 1) return [0, 0];
  return [participants * rounds.min, participants * rounds.max];
}

export function describeFinals(task: TuningTask, [least, most]: readonly [number, number]): string {
  if (most === 0) return 'none: the winner is not compared with a baseline';
  const { finalists, rounds } = task.verification;
  return `${least} to ${most} measurements: the baseline and up to ${finalists} finalists in ${rounds.min} to ${rounds.max} rounds`;
}
