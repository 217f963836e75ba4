import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import writeFileAtomic from 'write-file-atomic';
import type { ExperimentOutcome } from '../domain/tuning/experiment.js';
import { readOutcome } from '../domain/results/outcome.schema.js';
import type { TuningTask } from '../domain/task/task.schema.js';
import type { Again } from '../domain/tuning/retry.js';

const EARLIER_FILE = 'earlier-outcomes.json';
const AGAIN_FILE = 'again.json';
/** What the run is about, as later tunes need it that learn from this one. */
export const TASK_FILE = 'task.json';

type Run = { readonly taskName: string; readonly runId: string };

export interface StoredOutcomes {
  readonly outcomes: readonly ExperimentOutcome[];
  /** Files that are no outcomes. */
  readonly unreadable: readonly string[];
}

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

  /** Stores the completed task beside the outcomes. */
  async describe(run: Run, task: TuningTask): Promise<void> {
    await mkdir(this.runDir(run), { recursive: true });
    await writeFileAtomic(join(this.runDir(run), TASK_FILE), `${JSON.stringify(task)}\n`);
  }

  async record(run: Run, outcome: ExperimentOutcome): Promise<void> {
    const dir = await this.experimentDir(run, outcome.experimentId);
    await writeFileAtomic(join(dir, 'outcome.json'), `${JSON.stringify(outcome, null, 1)}\n`);
  }

  /**
   * Every outcome, by experiment number: the recorded one, else the earlier run's. One file that cannot be read does not hide the
   * others.
   */
  async outcomes(run: Run): Promise<StoredOutcomes> {
    const earlier = await readJson<unknown[]>(join(this.runDir(run), EARLIER_FILE));
    const { outcomes, unreadable } = await this.recorded(run);
    const kept = (earlier ?? []).map(readOutcome).filter((outcome) => outcome !== null);
    const byId = new Map([...kept, ...outcomes].map((outcome) => [outcome.experimentId, outcome]));
    return { outcomes: [...byId.values()].sort((a, b) => a.experimentId - b.experimentId), unreadable };
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

  /** What the run itself has measured: of one that repeats an earlier run nothing that is in that one's folder. */
  async recorded(run: Run): Promise<StoredOutcomes> {
    const dir = join(this.runDir(run), 'experiments');
    const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const ids = names
      .filter((name) => /^(?:0|[1-9]\d{0,14})$/.test(name))
      .map(Number)
      .sort((a, b) => a - b);
    const outcomes: ExperimentOutcome[] = [];
    const unreadable: string[] = [];
    for (const id of ids) {
      const path = join(dir, String(id), 'outcome.json');
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => error);
      if (typeof text === 'string') {
        const outcome = parseOutcome(text);
        if (outcome?.experimentId === id) outcomes.push(outcome);
        else unreadable.push(path);
      }
      // An experiment that was cancelled early has a folder but no outcome.
      else if (text.code !== 'ENOENT') unreadable.push(path);
    }
    return { outcomes, unreadable };
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

function parseOutcome(text: string): ExperimentOutcome | null {
  try {
    return readOutcome(JSON.parse(text));
  } catch {
    return null;
  }
}
