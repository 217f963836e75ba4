/** A task, or a results file: for commands that need nothing else. */
import { readFile } from 'node:fs/promises';
import { resultsSchema, type ResultsFile } from '../../domain/results/tune-result.js';
import { readEnvironment } from '../../platform/environment.js';
import { UsageError } from './errors.js';
import { oneLine } from './format.js';

/** A results file of a hundred thousand experiments is smaller. */
const MOST_BYTES = 512 * 2 ** 20;

/**
 * The results of a task, or of a file, for which no server is needed. What ends with `.json` or has a slash is a file.
 * @throws UsageError for a file that is none or none of ours; TuneNotFoundError for a task that nobody knows.
 */
export async function resultsOf(taskOrFile: string): Promise<ResultsFile> {
  if (/\.json$|[/\\]/.test(taskOrFile) && !taskOrFile.startsWith('tune/')) return readResults(taskOrFile);
  // Temporal's client takes its time to load, and a file needs none.
  const [{ withTunes }, { loadResults }] = await Promise.all([import('./with-tunes.js'), import('./load-results.js')]);
  return withTunes((tunes) => loadResults(tunes, taskOrFile, readEnvironment()));
}

async function readResults(path: string): Promise<ResultsFile> {
  const shown = oneLine(path);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`cannot read ${shown}: ${error.code ?? error.message}`);
  });
  if (text.length > MOST_BYTES) throw new UsageError(`${shown} is too large to be a results file`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UsageError(`${shown} is no JSON`);
  }
  const parsed = resultsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new UsageError(
    `${shown} is no results file: ${issue?.path.join('.') || 'it'}: ${oneLine(issue?.message ?? '')}`
  );
}
