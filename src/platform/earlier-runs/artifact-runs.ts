import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TASK_FILE, type RunStore } from '../run-store.js';
import { readJsonFile } from './read-json-file.js';
import type { EarlierRuns, StoredRun } from './types.js';

/** A task name and a run id are parts of paths: nothing that climbs, and nothing hidden. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** The tunes of which the artifacts folder holds outcomes. */
export class ArtifactRuns implements EarlierRuns {
  constructor(
    private readonly root: string,
    private readonly store: Pick<RunStore, 'recorded'>
  ) {}

  async list(): Promise<StoredRun[]> {
    const runs: StoredRun[] = [];
    for (const taskName of await foldersIn(this.root)) {
      for (const runId of await foldersIn(join(this.root, taskName))) {
        const run = await this.look(taskName, runId);
        if (run) runs.push(run);
      }
    }
    return runs;
  }

  /** Null for a run of a version that did not store its task. */
  private async look(taskName: string, runId: string): Promise<StoredRun | null> {
    const folder = join(this.root, taskName, runId);
    const taskFile = join(folder, TASK_FILE);
    // A folder changes with each experiment that is stored in it.
    const [info, experiments] = await Promise.all(
      [taskFile, join(folder, 'experiments')].map((path) => stat(path).catch(() => null))
    );
    if (!info || !experiments?.isDirectory()) return null;
    const storedAtMs = Math.round(Math.max(info.mtimeMs, experiments.mtimeMs));
    const readTask = (): Promise<unknown> => readJsonFile(taskFile);
    return {
      ...{ taskName, runId, storedAtMs, readTask },
      read: async () => {
        const task = await readTask();
        const { outcomes } = await this.store.recorded({ taskName, runId });
        return { taskName, runId, storedAtMs, task, outcomes };
      },
    };
  }
}

async function foldersIn(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory() && NAME.test(entry.name)).map(({ name }) => name);
}
