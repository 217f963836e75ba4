import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { outcomesOf } from '../../domain/reuse/from-results.js';
import type { EarlierRun } from '../../domain/reuse/recall.js';
import { resultsSchema, type ResultsFile } from '../../domain/results/tune-result.js';
import { readJsonFile } from './read-json-file.js';
import type { EarlierRuns, StoredRun } from './types.js';

/** As `resultPaths` names them. */
const NAME = /^([A-Za-z0-9][A-Za-z0-9._-]{0,99})_results\.json$/;

/** The tunes of which a results file says what their task was. It has the last tune of each task. */
export class ResultsFolder implements EarlierRuns {
  constructor(private readonly dir: string) {}

  async list(): Promise<StoredRun[]> {
    const names = await readdir(this.dir).catch((): string[] => []);
    const runs = names.flatMap((name) => {
      const taskName = NAME.exec(name)?.[1];
      return taskName === undefined ? [] : [this.look(taskName, join(this.dir, name))];
    });
    return (await Promise.all(runs)).filter((run) => run !== null);
  }

  private async look(taskName: string, path: string): Promise<StoredRun | null> {
    const info = await stat(path).catch(() => null);
    if (!info) return null;
    const storedAtMs = Math.round(info.mtimeMs);
    const read = async (): Promise<EarlierRun> => {
      const file = await readResults(path);
      return { taskName, runId: file.ran.run_id, storedAtMs, task: file.ran.task, outcomes: outcomesOf(file) };
    };
    // The run is known once the file is read: that of the folder of outcomes has the same one, and comes first.
    const runId = `${taskName}_results.json`;
    return { taskName, runId, storedAtMs, readTask: async () => (await readResults(path)).ran.task, read };
  }
}

/** @throws Error that says why it is none. */
async function readResults(path: string): Promise<ResultsFile> {
  const parsed = resultsSchema.safeParse(await readJsonFile(path));
  if (!parsed.success) throw new Error('it is no results file of this version');
  if (parsed.data.ran.task === undefined) throw new Error('it does not say what its task was');
  return parsed.data;
}
