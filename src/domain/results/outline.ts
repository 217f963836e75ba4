/**
 * What pictures and short views need of a results file. Every results file is an outline; one that is made of columns
 * (`result-columns.ts`) is a fortieth of its size.
 */
import { hasDistribution, isRate, type Measurable, type Quantity } from '../loads/metric.js';
import type { Load } from '../loads/load.js';
import { goalsOf, type Objective } from '../scoring/objective.js';
import type { ExperimentResult, ResultsFile } from './tune-result.js';

/** A load with the numbers that are drawn, and perhaps others. */
export type OutlineLoad = Load & Measurable & Pick<ExperimentResult['loads'][number], 'disturbances' | 'repeats'>;

export type OutlineExperiment = Pick<
  ExperimentResult,
  | 'experiment_id'
  | 'parameters'
  | 'status'
  | 'objective_score'
  | 'objective_scores'
  | 'relative'
  | 'accelerators'
  | 'timings_s'
> & {
  readonly loads: readonly OutlineLoad[];
  /** The worst first. */
  readonly slo?: { readonly misses: readonly { readonly metric: string }[] } | undefined;
  readonly failure: { readonly code: string } | null;
  readonly ended_early?: { readonly kind: 'slo' | 'hopeless' } | undefined;
};

export type ResultsOutline = Omit<
  ResultsFile,
  '$schema' | 'all_results' | 'baseline' | 'best_result' | 'nearest_result' | 'finalists' | 'pareto_front' | 'ran'
> & {
  readonly ran: Omit<ResultsFile['ran'], 'task' | 'reused'>;
  readonly all_results: readonly OutlineExperiment[];
  readonly baseline: OutlineExperiment | null;
  readonly best_result: OutlineExperiment | null;
  readonly nearest_result?: OutlineExperiment | undefined;
  readonly finalists: readonly {
    readonly experiment_id: number;
    readonly rounds: readonly (OutlineExperiment & { readonly round: number })[];
  }[];
  readonly pareto_front?: readonly { readonly experiment_id: number; readonly balanced: boolean }[] | undefined;
};

/** The two quantities that latency against throughput is about. */
export interface DrawnQuantities {
  readonly rate: Quantity;
  readonly latency: Quantity;
}

/** The objectives, the one that decides first. */
export function objectivesOf({ ran }: Pick<ResultsOutline, 'ran'>): readonly [Objective, ...Objective[]] {
  return (ran.objectives ?? [ran.objective]) as unknown as readonly [Objective, ...Objective[]];
}

/** A limited latency, so that its limit can be drawn, else the objective's; the objective's rate; else the usual ones. */
export function drawnQuantities(results: Pick<ResultsOutline, 'ran'>): DrawnQuantities {
  const goals: Quantity[] = objectivesOf(results).flatMap(goalsOf);
  const limits = (results.ran.slos ?? []) as unknown as Quantity[];
  const bare = ({ metric, statistic, per_accelerator }: Quantity): Quantity => ({ metric, statistic, per_accelerator });
  const latency = [...limits, ...goals].find(({ metric }) => hasDistribution(metric));
  const rate = goals.find(({ metric }) => isRate(metric) && metric !== 'goodput');
  return {
    latency: latency ? bare(latency) : { metric: 'e2e_latency', statistic: 'mean' },
    rate: rate ? bare(rate) : { metric: 'output_throughput', statistic: 'mean' },
  };
}
