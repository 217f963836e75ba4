/** What a person reads of limits, trade-offs and the baseline at the end. */
import { describeCombination } from '../../domain/space/combination.js';
import { describeLoad } from '../../domain/loads/load.js';
import { describeQuantity, formatQuantity, type Quantity } from '../../domain/loads/metric.js';
import { describeObjective, formatScore, type Objective } from '../../domain/scoring/objective.js';
import { describeMiss, type Miss } from '../../domain/scoring/slo.js';
import type { ExperimentResult, ResultsFile } from '../../domain/results/tune-result.js';
import { oneLine, table } from './format.js';

const MOST_ROWS = 30;

/** The objectives of a results file. */
export function objectivesOf({ objective, objectives }: ResultsFile['ran']): readonly Objective[] {
  return (objectives ?? [objective]) as readonly Objective[];
}

/** By what a combination is infeasible, the worst first; empty where it is not. */
export function describeMisses({ slo }: Pick<ExperimentResult, 'slo'>): string {
  return ((slo?.misses ?? []) as readonly Miss[]).map(describeMiss).join('; ');
}

/** The Pareto front as a table; empty with one objective. */
export function describeFront({ pareto_front: front = [], ran }: ResultsFile): string[] {
  if (front.length === 0) return [];
  const objectives = objectivesOf(ran);
  const rows = front
    .slice(0, MOST_ROWS)
    .map((member) => [
      `[${member.experiment_id}]`,
      oneLine(describeCombination(member.parameters)),
      ...objectives.map((objective, i) => formatScore(member.objective_scores[i] ?? NaN, objective)),
      member.balanced ? 'balanced' : '',
    ]);
  const more = front.length > MOST_ROWS ? [`(${front.length - MOST_ROWS} more in the results file)`] : [];
  const head = ['', 'Pareto front', ...objectives.map(describeObjective), ''];
  return [table([head, ...rows]), ...more, ''];
}

/** The best against the baseline at every load, with a word where it loses; empty where there is no baseline. */
export function describeComparison({ comparison = [] }: Pick<ResultsFile, 'comparison'>): string[] {
  if (comparison.length === 0) return [];
  const rows = comparison.map(({ value, baseline, gain, ...of }) => {
    const shown = of as Quantity;
    const percent = `${Math.abs(gain * 100).toFixed(1)} % ${gain < 0 ? 'worse' : 'better'}`;
    return [
      describeLoad(of),
      describeQuantity(shown),
      formatQuantity(value, shown),
      formatQuantity(baseline, shown),
      gain === 0 ? 'the same' : percent,
      gain < 0 ? 'LOSES' : '',
    ];
  });
  return [table([['load', '', 'best', 'baseline', '', ''], ...rows]), ''];
}
