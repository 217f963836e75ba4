/** Why this configuration: sentences from a results file, none of which claims more than was measured. */
import type { OutlineExperiment, ResultsOutline } from '../../../src/domain/results/outline.js';
import { describeObjective, formatScore, type Objective } from '../../../src/domain/scoring/objective.js';
import { plural } from './format.js';

export function whyThis({
  best_result: best,
  baseline,
  verdict,
  all_results,
  ran,
  ended,
  nearest_result,
}: ResultsOutline): string[] {
  const objective = ran.objective as Objective;
  const lines: string[] = [];
  if (!best) {
    lines.push('Nothing that was tried can be recommended.');
    if (nearest_result) lines.push(`Experiment ${nearest_result.experiment_id} misses the limits the least.`);
    return lines;
  }
  const score = (of: OutlineExperiment): string =>
    of.objective_score === null ? 'nothing' : formatScore(of.objective_score, objective, of.relative);
  const own = `${describeObjective(objective)} ${score(best)}`;
  lines.push(baseline ? `In the search: ${own}; the baseline ${score(baseline)}.` : `In the search: ${own}.`);
  const second = runnerUp(best.experiment_id, all_results);
  if (second) lines.push(`Next in the search: experiment ${second.experiment_id} with ${score(second)}.`);
  const failed = all_results.filter(({ status }) => status === 'failed').length;
  const infeasible = all_results.filter(({ status }) => status === 'infeasible').length;
  if (infeasible > 0)
    lines.push(`${plural(infeasible, 'combination')} missed a limit: none of those is taken, however fast.`);
  if (failed > 0) lines.push(`${plural(failed, 'combination')} did not work.`);
  if (verdict.noise)
    lines.push(
      `One measurement on a fresh start varies by ${verdict.noise.percent.toFixed(1)} %; smaller differences in the search are noise.`
    );
  else if (verdict.kind === 'not_verified')
    lines.push('It was not measured again beside the baseline: the difference may be noise.');
  if (ended) lines.push(ended.words);
  return lines;
}

function runnerUp(best: number, all: readonly OutlineExperiment[]): OutlineExperiment | undefined {
  return all
    .filter((one) => one.experiment_id !== best && one.status === 'success' && one.objective_score !== null)
    .sort((a, b) => (a.objective_score ?? 0) - (b.objective_score ?? 0))[0];
}
