/** From an outline to columns: what goes over the wire. `outlineOf` (read-columns.ts) makes an outline of them again. */
import { goalsOf } from '../scoring/objective.js';
import { describeLoad, loadOf } from '../loads/load.js';
import { fieldOf, hasDistribution } from '../loads/metric.js';
import type { ParameterValue } from '../space/combination.js';
import { drawnQuantities, objectivesOf, type OutlineExperiment, type ResultsOutline } from './outline.js';
import type { ResultColumns } from './result-columns.schema.js';

/** More than a picture can show, and half of what JSON would write. */
const DIGITS = 7;
const TIMING_DIGITS = 5;
const PHASES = ['deploying', 'starting', 'warming_up', 'benchmarking', 'benchmark_tool', 'tearing_down', 'total'];

/** What the loads of an experiment are read by: names of a measurement's fields. */
export interface DrawnFields {
  readonly rate: string;
  readonly latency: string;
  readonly statistic: string;
  /** What the spread of repeats is of. */
  readonly goal: string;
}

export function columnsOf(results: ResultsOutline): ResultColumns {
  const { all_results, baseline, best_result, nearest_result, finalists, pareto_front: front, ran, ...head } = results;
  const rows: OutlineExperiment[] = [...all_results];
  const rowOf = (result: OutlineExperiment): number => rows.push(result) - 1;
  const known = new Map(all_results.map(({ experiment_id }, row) => [experiment_id, row]));
  const found = (one: OutlineExperiment): number => known.get(one.experiment_id) ?? rowOf(one);
  const places = {
    baseline: baseline && rowOf(baseline),
    best: best_result && found(best_result),
    ...(nearest_result ? { nearest: found(nearest_result) } : {}),
    finalists: finalists.map(({ experiment_id, rounds }) => ({
      experiment_id,
      rounds: rounds.map((result) => ({ round: result.round, row: rowOf(result) })),
    })),
  };
  return {
    ...without(head, '$schema'),
    ran: without(ran, 'task', 'reused'),
    searched: all_results.length,
    ...places,
    ...(front ? { pareto_front: front.map(({ experiment_id, balanced }) => ({ experiment_id, balanced })) } : {}),
    experiments: experimentsOf(rows, drawnFields(results)),
  };
}

export function drawnFields(results: Pick<ResultsOutline, 'ran'>): DrawnFields {
  const { rate, latency } = drawnQuantities(results);
  const [goal] = goalsOf(objectivesOf(results)[0]);
  return {
    rate: fieldOf(rate.metric),
    latency: fieldOf(latency.metric),
    statistic: hasDistribution(latency.metric) ? latency.statistic : '',
    goal: goal ? fieldOf(goal.metric) : '',
  };
}

function experimentsOf(rows: readonly OutlineExperiment[], fields: DrawnFields): ResultColumns['experiments'] {
  const names = new Set(rows.flatMap(({ parameters }) => Object.keys(parameters)));
  return {
    experiment_id: rows.map(({ experiment_id }) => experiment_id),
    status: named(rows, ({ status }) => status),
    objective_score: rows.map(({ objective_score: score }) => (score === null ? null : short(score))),
    ...(rows.some(({ objective_scores: scores }) => scores)
      ? { objective_scores: rows.map(({ objective_scores: scores = [] }) => scores.map((one) => short(one))) }
      : {}),
    relative: named(rows, ({ relative }) => relative),
    accelerators: named(rows, ({ accelerators }) => accelerators),
    failure: named(rows, ({ failure }) => failure?.code),
    missed: named(rows, ({ slo }) => slo?.misses[0]?.metric),
    ended_early: named(rows, ({ ended_early: ended }) => ended?.kind),
    parameters: [...names].map((name) => ({
      name,
      ...named(rows, ({ parameters }) => (Object.hasOwn(parameters, name) ? parameters[name] : undefined)),
    })),
    timings_s: PHASES.map((phase) => ({
      phase,
      seconds: rows.map(({ timings_s: timings }) => short(timings[phase] ?? 0, TIMING_DIGITS)),
    })),
    loads: loadsOf(rows, fields),
  };
}

function loadsOf(rows: readonly OutlineExperiment[], fields: DrawnFields): ResultColumns['experiments']['loads'] {
  const loads = new Map<string, ResultColumns['experiments']['loads'][number]>();
  const none = (): (number | null)[] => rows.map(() => null);
  rows.forEach(({ loads: own }, row) => {
    for (const load of own) {
      const { repeats, disturbances } = load;
      const key = describeLoad(load);
      const known = loads.get(key) ?? {
        ...loadOf(load),
        ...{ rate: none(), latency: none(), repeats: [], disturbances: [] },
      };
      if (!loads.has(key)) loads.set(key, known);
      const numbers = load as unknown as Record<string, unknown>;
      known.rate[row] = shortOrNull(numbers[fields.rate]);
      known.latency[row] = shortOrNull(
        (numbers[fields.latency] as Record<string, unknown> | undefined)?.[fields.statistic]
      );
      const spread = repeats && shortOrNull(repeats.spread[fields.goal]);
      if (repeats) known.repeats.push({ row, count: repeats.count, spread: spread ?? null });
      if (disturbances) known.disturbances.push({ row, count: disturbances });
    }
  });
  return [...loads.values()];
}

/** What a results file has and its outline does not. */
function without<T extends object>(of: T, ...names: readonly string[]): T {
  return Object.fromEntries(Object.entries(of).filter(([name]) => !names.includes(name))) as T;
}

function named<T extends ParameterValue>(
  rows: readonly OutlineExperiment[],
  valueOf: (row: OutlineExperiment) => T | undefined
): { values: T[]; at: number[] } {
  const places = new Map<T, number>();
  const at = rows.map((row) => {
    const value = valueOf(row);
    if (value === undefined) return -1;
    const place = places.get(value) ?? places.size;
    places.set(value, place);
    return place;
  });
  return { values: [...places.keys()], at };
}

function short(value: number, digits = DIGITS): number {
  return Number(value.toPrecision(digits));
}

function shortOrNull(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? short(value) : null;
}
