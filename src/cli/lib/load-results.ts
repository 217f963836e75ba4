import { TuneNotFoundError } from '../../client/errors.js';
import type { Tunes } from '../../client/index.js';
import { resultsFromFolder, resultsOf } from '../../client/results-of.js';
import type { ResultsFile } from '../../domain/results/tune-result.js';
import type { Environment } from '../../platform/environment.js';

/**
 * The results of a task from Temporal's history, which has them while the tune runs and wherever its files are; when Temporal no
 * longer keeps the tune, from the results folder.
 * @throws TuneNotFoundError when neither knows it; TunerError when the task file in the history cannot be read.
 */
export async function loadResults(tunes: Tunes, task: string, environment: Environment): Promise<ResultsFile> {
  try {
    return await resultsOf(await tunes.find(task));
  } catch (error) {
    if (!(error instanceof TuneNotFoundError)) throw error;
    const stored = await resultsFromFolder(task, environment.resultsDir);
    if (stored) return stored;
    throw error;
  }
}
