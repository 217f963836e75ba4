import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import writeFileAtomic from 'write-file-atomic';
import type { ExperimentOutcome } from '../domain/experiment.js';
import type { Again } from '../domain/retry.js';

const EARLIER_FILE = 'earlier-outcomes.json';
const AGAIN_FILE = 'again.json';

type Run = { readonly taskName: string; readonly runId: string };

/**
 * What a tune leaves: a folder per run with a folder per experiment, which holds the outcome and the raw output. An outcome is a file
 * of its own, so that storing it twice is the same as once. A run that repeats what failed in an earlier one has that one's outcomes
 * in one file besides; the raw output stays where it is.
 */
export class RunStore {
  constructor(private readonly root: string) {}

  /** The folder of one experiment, made if missing. */
  async experimentDir(run: Run, experimentId: number): Promise<string> {
    const dir = join(this.runDir(run), 'experiments', String(experimentId));
    await mkdir(dir, { recursive: true });
    return dir;
  }

  uriOf(dir: string): string {
    return pathToFileURL(dir).href;
  }

  async record(run: Run, outcome: ExperimentOutcome): Promise<void> {
    const dir = await this.experimentDir(run, outcome.experimentId);
    await writeFileAtomic(join(dir, 'outcome.json'), `${JSON.stringify(outcome, null, 1)}\n`);
  }

  /** Every outcome, by experiment number: the recorded one, else the earlier run's. */
  async outcomes(run: Run): Promise<ExperimentOutcome[]> {
    const earlier = await readJson<ExperimentOutcome[]>(join(this.runDir(run), EARLIER_FILE));
    const recorded = await this.recorded(run);
    const byId = new Map([...(earlier ?? []), ...recorded].map((outcome) => [outcome.experimentId, outcome]));
    return [...byId.values()].sort((a, b) => a.experimentId - b.experimentId);
  }

  /** Stores what a run starts with that repeats experiments of an earlier one: that one's outcomes, and the list of the experiments. */
  async openRetry(run: Run, outcomes: readonly ExperimentOutcome[], again: readonly Again[]): Promise<void> {
    await mkdir(this.runDir(run), { recursive: true });
    await writeFileAtomic(join(this.runDir(run), EARLIER_FILE), `${JSON.stringify(outcomes)}\n`);
    await writeFileAtomic(join(this.runDir(run), AGAIN_FILE), `${JSON.stringify(again)}\n`);
  }

  /** The experiments that the run repeats; null when they are not in this store. */
  again(run: Run): Promise<Again[] | null> {
    return readJson(join(this.runDir(run), AGAIN_FILE));
  }

  private async recorded(run: Run): Promise<ExperimentOutcome[]> {
    const dir = join(this.runDir(run), 'experiments');
    const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const outcomes: ExperimentOutcome[] = [];
    for (const id of names.map(Number).filter(Number.isInteger)) {
      // An experiment that was cancelled early has a folder but no outcome.
      const outcome = await readJson<ExperimentOutcome>(join(dir, String(id), 'outcome.json'));
      if (outcome) outcomes.push(outcome);
    }
    return outcomes;
  }

  private runDir(run: Run): string {
    return join(this.root, run.taskName, run.runId);
  }
}

/** Null when there is no such file. Files are written as a whole or not at all: one that is no JSON is an error. */
async function readJson<T>(path: string): Promise<T | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as T);
}
