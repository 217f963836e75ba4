/** Reports and ways to run a configuration. Loaded when they are asked for: the charts in them are large. */
import type { LaunchForm } from '../contracts/http/results.js';
import type { ResultsFile } from '../domain/results/tune-result.js';
import type { Launch } from '../report/index.js';
import { ApiError } from './problem.js';

/** A page with its policy: it has a style sheet within, which no other page of this server may. */
export interface Page {
  readonly text: string;
  readonly policy: string;
}

export async function htmlReportOf(results: ResultsFile): Promise<Page> {
  const { htmlReport, REPORT_CSP } = await import('../report/index.js');
  return { text: htmlReport(results), policy: REPORT_CSP };
}

export async function markdownReportOf(results: ResultsFile): Promise<string> {
  return (await import('../report/index.js')).markdownReport(results);
}

/**
 * @param experiment default: what the results recommend.
 * @throws ApiError not-found.
 */
export async function launchFormsOf(
  results: ResultsFile,
  experiment: number | undefined
): Promise<{ experimentId: number | null; forms: LaunchForm[] }> {
  const { experimentOf, launchesOf, recommendedOf } = await import('../report/index.js');
  const result = experiment === undefined ? recommendedOf(results)?.result : experimentOf(results, experiment);
  if (!result && experiment !== undefined) throw new ApiError('not-found', `the tune has no result of ${experiment}`);
  return { experimentId: result?.experiment_id ?? null, forms: result ? launchesOf(results, result).map(formOf) : [] };
}

function formOf({ kind, title, words, language, text, file, placeholders }: Launch): LaunchForm {
  return {
    ...{ form: kind, title, text, fileName: file },
    language: language === 'sh' ? 'shell' : 'yaml',
    notes: [words, ...placeholders.map(({ name, meaning }) => `${name}: ${meaning}`)].filter(Boolean),
  };
}
