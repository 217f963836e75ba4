/** Scores in words: the domain's, shortened for places where the objective is known. */
import { describeObjective, type Objective } from '../../../src/domain/scoring/objective.js';
import type { ExperimentRow, TuneView } from '../../../src/contracts/http/index.js';

type Scoring = TuneView['scoring'];

/** `ttft mean`, `score` before it is known. */
export function objectiveName(scoring: Scoring): string {
  return scoring ? describeObjective(scoring.objective as Objective) : 'score';
}

/** `328.6 ms` of `ttft mean 328.6 ms`; of several scores the first; `–` without any. */
export function shortScore({ scoreWords }: Pick<ExperimentRow, 'scoreWords'>, scoring: Scoring): string {
  if (scoreWords === '') return '–';
  const name = `${objectiveName(scoring)} `;
  const first = (scoring?.objectives?.length ?? 1) > 1 ? (scoreWords.split(', ')[0] ?? '') : scoreWords;
  return first.startsWith(name) ? first.slice(name.length) : first;
}
