import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import writeFileAtomic from 'write-file-atomic';
import type { ExperimentOutcome } from '../domain/experiment.js';

/**
 * What a tune leaves: a folder per run with a folder per experiment, which holds the outcome and the raw output. An outcome is a file
 * of its own, so that storing it twice is the same as once.
 */
export class RunStore {
  constructor(private readonly root: string) {}

  /** The folder of one experiment, made if missing. */
  async experimentDir(run: { taskName: string; runId: string }, experimentId: number): Promise<string> {
    const dir = join(this.runDir(run), 'experiments', String(experimentId));
    await mkdir(dir, { recursive: true });
    return dir;
  }

  uriOf(dir: string): string {
    return pathToFileURL(dir).href;
  }

  async record(run: { taskName: string; runId: string }, outcome: ExperimentOutcome): Promise<void> {
    const dir = await this.experimentDir(run, outcome.experimentId);
    await writeFileAtomic(join(dir, 'outcome.json'), `${JSON.stringify(outcome, null, 1)}\n`);
  }

  /** Every recorded outcome, by experiment number. */
  async outcomes(run: { taskName: string; runId: string }): Promise<ExperimentOutcome[]> {
    const dir = join(this.runDir(run), 'experiments');
    const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const ids = names
      .map(Number)
      .filter(Number.isInteger)
      .sort((a, b) => a - b);
    const outcomes: ExperimentOutcome[] = [];
    for (const id of ids) {
      // An experiment that was cancelled early has a folder but no outcome.
      const text = await readFile(join(dir, String(id), 'outcome.json'), 'utf8').catch(() => null);
      if (text !== null) outcomes.push(JSON.parse(text) as ExperimentOutcome);
    }
    return outcomes;
  }

  private runDir(run: { taskName: string; runId: string }): string {
    return join(this.root, run.taskName, run.runId);
  }
}
