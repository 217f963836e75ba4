/** What went wrong, for a person: the cause, the lines that show it, and what to do about it. */
import { describeCombination } from '../../domain/space/combination.js';
import { FAILURES, isFailureCode } from '../../domain/failures.js';
import type { ExperimentResult, ResultsFile } from '../../domain/results/tune-result.js';
import { oneLine } from './format.js';

const MOST_NAMED = 30;

type Failed = ExperimentResult & { readonly failure: NonNullable<ExperimentResult['failure']> };

/** A block for every cause that was met: the first experiment that met it with its evidence, the numbers of the others, and the next step. */
export function describeFailures({ all_results, baseline }: Pick<ResultsFile, 'all_results' | 'baseline'>): string[] {
  const failed = [...(baseline ? [baseline] : []), ...all_results].filter(
    (result): result is Failed => result.failure !== null
  );
  const causes = [...new Set(failed.map(({ failure }) => failure.code))];
  return causes.flatMap((code) => {
    const [first, ...others] = failed.filter(({ failure }) => failure.code === code);
    return first ? [...block(first, others), ''] : [];
  });
}

/** The lines below the message of a failure that ended a whole tune. */
export function describeTuneFailure(code: string | null, evidence: readonly string[]): string[] {
  if (!code || !isFailureCode(code)) return [];
  return [...evidence.map(quoted), `  next: ${FAILURES[code].nextStep}`];
}

function block({ experiment_id, parameters, failure }: Failed, others: readonly Failed[]): string[] {
  const { code, message, evidence, next_step } = failure;
  const named = others.slice(0, MOST_NAMED).map((other) => `[${other.experiment_id}]`);
  const more = others.length > named.length ? ` and ${others.length - named.length} more` : '';
  return [
    `${code}: ${FAILURES[code as keyof typeof FAILURES]?.meaning ?? ''}`.trim(),
    `  [${experiment_id}] ${oneLine(describeCombination(parameters))}: ${oneLine(message)}`,
    ...evidence.map(quoted),
    ...(named.length > 0 ? [`  also ${named.join(' ')}${more}`] : []),
    `  next: ${next_step}`,
  ];
}

function quoted(line: string): string {
  return `    | ${oneLine(line)}`;
}
