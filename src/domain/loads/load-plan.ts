/**
 * Which loads an experiment measures next on the engine that it has started. Pure: it follows from the task and what was measured. A
 * step is one start of the load generator; docs/measurement.md says when there is more than one.
 */
import { judge, type Standing } from './early-end.js';
import { heaviness } from './heaviness.js';
import type { FinishedStep, NextStep } from './load-step.js';
import { maxLoadOf, planMaxLoad } from './max-load-plan.js';
import { mostProbes } from './max-load.js';
import { describeLoad, loadsOf, type Load } from './load.js';
import type { Measurement } from './measurement.js';
import type { Footprint } from './metric.js';
import { pool } from './pooling.js';
import type { TuningTask } from '../task/task.schema.js';

/** As many as llama-server has slots by default. */
const OPEN_AT_ONCE = 4;

/**
 * @param standing given to experiments that may end early.
 * @param footprint of the combination, where the task has a cost.
 */
export function nextStep(
  task: TuningTask,
  finished: readonly FinishedStep[],
  standing?: Standing,
  footprint: Footprint | null = null
): NextStep {
  const maxLoad = maxLoadOf(task);
  if (maxLoad) return planMaxLoad(task, maxLoad, finished, { standing, footprint });
  const steps = stepsOf(task, standing !== undefined);
  const next = steps[finished.length];
  const measurements = pooled(loadsOf(task.benchmark), finished);
  if (!next) return { conclusion: { measurements } };
  const endedEarly = standing && judge(task, inOrderMeasured(finished), standing, footprint);
  return endedEarly ? { conclusion: { measurements, endedEarly } } : next;
}

/** The most that an experiment of this task measures, for its time limits. */
export function mostMeasured(task: TuningTask): { readonly starts: number; readonly loads: number } {
  const maxLoad = maxLoadOf(task);
  if (maxLoad) {
    const most = mostProbes(maxLoad) * (task.benchmark.repeats ?? 1);
    return { starts: most, loads: most };
  }
  const steps = stepsOf(task, !!task.optimization.early_end);
  return { starts: steps.length, loads: steps.reduce((sum, { loads }) => sum + loads.length, 0) };
}

/** The most requests at once that it begins with: what a warm-up prepares the engine for. Of requests at a rate nobody knows how many. */
export function firstConcurrency(task: TuningTask): number {
  const maxLoad = maxLoadOf(task);
  const first = maxLoad ? planMaxLoad(task, maxLoad, [], { footprint: null }) : { loads: loadsOf(task.benchmark) };
  return Math.max(1, ...('loads' in first ? first.loads : []).map(({ concurrency }) => concurrency ?? OPEN_AT_ONCE));
}

/**
 * Without anything special: all loads in one step, since a start of the load generator costs seconds. An experiment that may end early
 * begins with its loads one by one, the lightest first. Repeats are rounds over all loads, so that a drift of the machine meets each load
 * alike.
 */
function stepsOf(
  { benchmark }: TuningTask,
  mayEndEarly: boolean
): { readonly loads: readonly Load[]; readonly reason: string }[] {
  const { repeats = 1, prefix_cache: prefixCache } = benchmark;
  const loads = loadsOf(benchmark);
  const ordered = mayEndEarly ? [...loads].sort((a, b) => heaviness(a) - heaviness(b)) : loads;
  return Array.from({ length: repeats }, (_, round) => {
    const oneByOne = (mayEndEarly && round === 0) || prefixCache === 'reset_each_load';
    const parts = oneByOne ? ordered.map((load) => [load]) : [loads];
    const turn = repeats > 1 ? `, round ${round + 1} of ${repeats}` : '';
    return parts.map((part) => ({ loads: part, reason: `${describeLoads(part)}${turn}` }));
  }).flat();
}

/** Short however many there are: it becomes part of an activity's summary. */
function describeLoads(loads: readonly Load[]): string {
  const [first] = loads;
  return first && loads.length === 1 ? describeLoad(first) : `${loads.length} loads`;
}

function inOrderMeasured(finished: readonly FinishedStep[]): Measurement[] {
  return pooled(
    finished.flatMap(({ loads }) => loads),
    finished
  );
}

/** One measurement for each load that was measured; loads that are listed twice come once. */
function pooled(loads: readonly Load[], finished: readonly FinishedStep[]): Measurement[] {
  const byLoad = new Map<string, Measurement[]>(loads.map((load) => [describeLoad(load), []]));
  for (const measurement of finished.flatMap(({ measurements }) => measurements))
    byLoad.get(describeLoad(measurement))?.push(measurement);
  return [...byLoad.values()].filter((repeats) => repeats.length > 0).map(pool);
}
