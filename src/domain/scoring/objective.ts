/** What is optimised: the task's forms of an objective in one, and in words. docs/objectives.md has the formulas. */
import type { LoadWeight } from '../loads/load-filter.js';
import { describeQuantity, formatQuantity, isCost, type Quantity } from '../loads/metric.js';
import type { GoalSpec } from '../task/objective.schema.js';
import type { TuningTask } from '../task/task.schema.js';

/** A quantity to be made small or large. */
export interface Goal extends Quantity {
  readonly direction: 'minimize' | 'maximize';
}

/** A goal among several that are added up on a logarithmic scale. */
export interface WeightedGoal extends Goal {
  /** Above 0; only the ratios between the weights count. */
  readonly weight: number;
  /** The value that counts as nothing gained and nothing lost. It moves every score by the same amount. */
  readonly reference?: number | undefined;
}

export type Objective = Goal | { readonly weighted: readonly WeightedGoal[] };

/** How one number is made of those of the loads. */
export type OverLoads = 'mean' | 'weighted' | 'worst';

/** How an experiment is scored. */
export interface Scoring {
  /** At least one. The first decides which experiment is the best; several have a Pareto front besides. */
  readonly objectives: readonly Objective[];
  readonly over_loads: OverLoads;
  /** Of `weighted`. */
  readonly load_weights: readonly LoadWeight[];
}

/** What of a task says how its experiments are scored. */
export type ScoredTask = Pick<TuningTask, 'optimization' | 'benchmark' | 'cost'>;

/**
 * The scoring of a task. The prototype's names mean what they meant: `minimize_latency` the mean end-to-end latency,
 * `maximize_throughput` the output tokens per second, both as the mean over the loads. The score of a `max_load` is the concurrency of
 * the one load that it has measured in the end.
 */
export function scoringOf({ optimization, benchmark, cost }: ScoredTask): Scoring {
  const { objective: spec, over_loads } = optimization;
  const load_weights = benchmark.load_weights ?? [];
  const general = (goal: GoalSpec): Goal => resolveGoal(goal, cost?.currency);
  const resolve = (one: Exclude<typeof spec, unknown[]>): Objective => {
    if (one === 'minimize_latency') return { metric: 'e2e_latency', statistic: 'mean', direction: 'minimize' };
    if (one === 'maximize_throughput') {
      return { metric: 'output_throughput', statistic: 'mean', direction: 'maximize' };
    }
    if ('max_load' in one) return { metric: 'max_load', statistic: 'mean', direction: 'maximize' };
    if (!('weighted' in one)) return general(one);
    return {
      weighted: one.weighted.map(({ weight, reference, ...goal }) => withReference(general(goal), weight, reference)),
    };
  };
  return {
    objectives: (Array.isArray(spec) ? spec : [spec]).map(resolve),
    over_loads: over_loads ?? (load_weights.length > 0 ? 'weighted' : 'mean'),
    load_weights,
  };
}

function resolveGoal({ metric, statistic, direction, per_accelerator }: GoalSpec, currency: string | undefined): Goal {
  return {
    metric,
    statistic,
    direction,
    ...(per_accelerator ? { per_accelerator } : {}),
    ...(isCost(metric) && currency !== undefined ? { currency } : {}),
  };
}

function withReference(goal: Goal, weight: number, reference: number | undefined): WeightedGoal {
  return { ...goal, weight, ...(reference === undefined ? {} : { reference }) };
}

/** The goals of an objective: itself, or those that it weighs. */
export function goalsOf(objective: Objective): readonly (Goal & { readonly weight?: number })[] {
  return 'weighted' in objective ? objective.weighted : [objective];
}

/** `e2e latency mean`, `weighted score`. */
export function describeObjective(objective: Objective): string {
  return 'weighted' in objective ? 'weighted score' : describeQuantity(objective);
}

/**
 * A score turned back into what it measures: `e2e latency mean 1.234 s`.
 * @param relative the score is a ratio to the baseline's value: `e2e latency mean 0.900 of the baseline's at the worst load`.
 */
export function describeScore(score: number, objective: Objective, relative = false): string {
  return `${describeObjective(objective)} ${formatScore(score, objective, relative)}`;
}

export function formatScore(score: number, objective: Objective, relative = false): string {
  if ('weighted' in objective) return score.toFixed(4);
  const value = objective.direction === 'maximize' ? -score : score;
  return relative ? `${value.toFixed(3)} of the baseline's at the worst load` : formatQuantity(value, objective);
}

/** What is known of an experiment's scores; `scores` may be absent where there is one. */
export interface Scored {
  readonly score: number | null;
  readonly scores?: readonly number[] | undefined;
  readonly relative?: boolean | undefined;
}

/** All scores of an experiment, in the order of the objectives. */
export function describeScores({ score, scores, relative }: Scored, { objectives }: Scoring): string {
  const all = scores ?? [score ?? NaN];
  return objectives.map((objective, i) => describeScore(all[i] ?? NaN, objective, relative)).join(', ');
}

/** What a tune is about, for a plan: `minimize ttft p95; maximize output throughput; worst load`. */
export function describeScoring({ objectives, over_loads }: Scoring, loads: number): string {
  const goal = (one: Goal & { readonly weight?: number }): string =>
    `${one.direction} ${describeQuantity(one)}${one.weight === undefined ? '' : ` (weight ${one.weight})`}`;
  const texts = objectives.map((objective) => goalsOf(objective).map(goal).join(' and '));
  const front = objectives.length > 1 ? ' (Pareto front; the first decides what is best)' : '';
  const over = { mean: 'mean', weighted: 'weighted mean', worst: 'worst' }[over_loads];
  return `${texts.join('; ')}${front}${loads > 1 ? `, ${over} of ${loads} loads` : ''}`;
}
