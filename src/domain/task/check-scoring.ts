/** Objectives, limits, weights and costs that contradict each other or the rest of the task. */
import { ExpressionError, parseExpression } from '../space/expression.js';
import { accountableNames, footprintOf } from '../space/footprint.js';
import { isAbout, type LoadFilter } from '../loads/load-filter.js';
import { describeLoad, loadsOf } from '../loads/load.js';
import type { Statistic } from '../loads/measurement.js';
import { hasDistribution, isCost, isRate, type Metric } from '../loads/metric.js';
import type { TaskIssue } from './task-issue.js';
import type { TuningTask } from './task.schema.js';
import { tryCombinations } from './try-constraint.js';

type Path = TaskIssue['path'];

/** Everything that the schema alone cannot see. */
export function checkScoring(task: TuningTask): TaskIssue[] {
  return [
    ...checkObjectives(task),
    ...checkMaxLoad(task),
    ...checkSlos(task),
    ...checkLoadWeights(task),
    ...checkAccelerators(task),
  ];
}

interface Named {
  readonly metric: Metric;
  readonly statistic?: Statistic | undefined;
  readonly per_accelerator?: boolean | undefined;
}

function checkObjectives(task: TuningTask): TaskIssue[] {
  const { objective } = task.optimization;
  const isList = Array.isArray(objective);
  const base: Path = ['optimization', 'objective'];
  const found = [objective].flat().flatMap((one, i) => {
    const path = isList ? [...base, i] : base;
    if (typeof one === 'string' || 'max_load' in one) return [];
    if (!('weighted' in one)) return checkQuantity(task, one, path);
    return one.weighted.flatMap((goal, at) => {
      const place = [...path, 'weighted', at];
      const zero = 'is 0 where all goes well, which a weighted objective cannot use: set a limit in slos';
      if (goal.metric === 'error_rate') return [{ path: [...place, 'metric'], message: `error_rate ${zero}` }];
      return checkQuantity(task, goal, place);
    });
  });
  const keys = isList ? objective.map((one) => JSON.stringify(one)) : [];
  const twice = keys.findIndex((key, i) => keys.indexOf(key) < i);
  return twice < 0 ? found : [...found, { path: [...base, twice], message: 'is the same as an earlier objective' }];
}

function checkMaxLoad({ optimization: { objective }, slos, benchmark }: TuningTask): TaskIssue[] {
  if (typeof objective !== 'object' || !('max_load' in objective)) return [];
  const { scenario } = objective.max_load;
  const path: Path = ['optimization', 'objective', 'max_load'];
  const issues: TaskIssue[] = [];
  if (!slos?.length) issues.push({ path, message: 'needs slos: without a limit every load holds' });
  if (scenario !== undefined && !benchmark.traffic_scenarios.includes(scenario))
    issues.push({ path: [...path, 'scenario'], message: 'is none of benchmark.traffic_scenarios' });
  return issues;
}

function checkSlos(task: TuningTask): TaskIssue[] {
  return (task.slos ?? []).flatMap((slo, i) => {
    const path: Path = ['slos', i];
    const issues = checkQuantity(task, slo, path);
    if (slo.statistic === undefined && hasDistribution(slo.metric)) {
      issues.push({ path: [...path, 'statistic'], message: `is required: which of ${slo.metric}, such as p95` });
    }
    if (slo.loads) issues.push(...checkFilter(task, slo.loads, [...path, 'loads']));
    return issues;
  });
}

/** Whether there will be a number for it. */
function checkQuantity(task: TuningTask, { metric, statistic, per_accelerator }: Named, path: Path): TaskIssue[] {
  const issues: TaskIssue[] = [];
  const refuse = (field: string, message: string): void => void issues.push({ path: [...path, field], message });
  if (!hasDistribution(metric) && statistic !== undefined && statistic !== 'mean') {
    refuse('statistic', `${metric} has one value per load, so there is no ${statistic} of it`);
  }
  if (per_accelerator && !isRate(metric)) refuse('per_accelerator', `${metric} is no amount per second`);
  if (per_accelerator && !task.cost) refuse('per_accelerator', 'needs cost.accelerators');
  if (isCost(metric) && task.cost?.price_per_accelerator_hour === undefined) {
    refuse('metric', `${metric} needs cost.price_per_accelerator_hour`);
  }
  if (metric.startsWith('goodput') && !task.benchmark.goodput) {
    refuse('metric', `${metric} needs limits per request in benchmark.goodput`);
  }
  return issues;
}

function checkLoadWeights({ optimization, benchmark }: TuningTask): TaskIssue[] {
  const { load_weights: weights } = benchmark;
  const { over_loads } = optimization;
  if (!weights) {
    if (over_loads !== 'weighted') return [];
    return [{ path: ['optimization', 'over_loads'], message: 'needs benchmark.load_weights' }];
  }
  const path: Path = ['benchmark', 'load_weights'];
  const issues = weights.flatMap((entry, i) => checkFilter({ benchmark }, entry, [...path, i]));
  if (over_loads === 'mean' || over_loads === 'worst') {
    issues.push({ path, message: `are not used with optimization.over_loads '${over_loads}'` });
  }
  const loads = loadsOf(benchmark);
  for (const load of loads) {
    const [, second] = weights.map((entry, i) => (isAbout(entry, load) ? i : -1)).filter((i) => i >= 0);
    if (second === undefined) continue;
    issues.push({ path: [...path, second], message: `gives ${describeLoad(load)} a second weight` });
    break;
  }
  const named = (load: (typeof loads)[number]): boolean => weights.some((entry) => isAbout(entry, load));
  if (loads.every(named) && weights.every(({ weight }) => weight === 0)) {
    issues.push({ path, message: 'are all 0' });
  }
  return issues;
}

/** What a filter names must be there: it was written for a load, and would otherwise be about none without a word. */
function checkFilter({ benchmark }: Pick<TuningTask, 'benchmark'>, filter: LoadFilter, path: Path): TaskIssue[] {
  const loads = loadsOf(benchmark);
  const named = <T>(values: readonly (T | undefined)[]): T[] => [...new Set(values)].filter((one) => one !== undefined);
  const unknown = <T>(wanted: T | readonly T[] | undefined, known: readonly T[], field: string): TaskIssue[] => {
    const missing = (wanted === undefined ? [] : ([wanted].flat() as T[])).filter((item) => !known.includes(item));
    if (missing.length === 0) return [];
    return [
      { path: [...path, field], message: `no load has ${missing.join(', ')}; there are ${known.join(', ') || 'none'}` },
    ];
  };
  return [
    ...unknown(filter.scenario, named(loads.map((load) => load.scenario)), 'scenario'),
    ...unknown(filter.concurrency, named(loads.map((load) => load.concurrency)), 'concurrency'),
    ...unknown(filter.request_rate, named(loads.map((load) => load.request_rate)), 'request_rate'),
  ];
}

/** The expression must have an answer for each combination, and for the baseline, which sets nothing. */
function checkAccelerators(task: TuningTask): TaskIssue[] {
  const source = task.cost?.accelerators;
  if (typeof source !== 'string') return [];
  const path: Path = ['cost', 'accelerators'];
  try {
    const names = parseExpression(source, accountableNames(task)).names.filter((name) =>
      Object.hasOwn(task.parameters, name)
    );
    tryCombinations(names, task.parameters, (combination) => void footprintOf(task, combination));
    footprintOf(task, {});
    return [];
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return [{ path, message: `${error.message} (at character ${error.at + 1} of '${source}')` }];
  }
}
