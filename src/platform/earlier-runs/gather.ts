import { comparableTask, recall, type Recalled } from '../../domain/reuse/recall.js';
import { MOST_NAMED, MOST_REUSED, MOST_TUNES, type Reuse, type ReusedTune } from '../../domain/reuse/reuse.js';
import type { TuningTask } from '../../domain/task/task.schema.js';
import type { EarlierRuns, StoredRun } from './types.js';

/** The newest tunes whose tasks are looked at. */
const LOOK_AT = 500;
/** Of these, the newest whose outcomes are read: each is up to a thousand small files. */
const READ_AT_MOST = 20;

/**
 * What the sources hold for a task, the newest tunes first. What cannot be read is skipped with its reason: a broken file must not keep
 * a tune from beginning.
 * @param sources the first that knows a tune is the one that is read.
 * @param ownRunId the tune that asks.
 */
export async function gatherReuse(task: TuningTask, sources: readonly EarlierRuns[], ownRunId: string): Promise<Reuse> {
  const listed = (await Promise.all(sources.map((source) => source.list()))).flat();
  const newest = listed.sort((a, b) => b.storedAtMs - a.storedAtMs || (a.runId < b.runId ? -1 : 1)).slice(0, LOOK_AT);
  const ids = new Set(newest.map(({ runId }) => runId)).add(ownRunId);
  const tunes: ReusedTune[] = [];
  const skipped: { name: string; reason: string }[] = [];
  let left = MOST_REUSED;
  let read = 0;
  for (const stored of newest.filter(({ runId }) => runId !== ownRunId)) {
    if (left === 0 || tunes.length >= MOST_TUNES || read >= READ_AT_MOST) break;
    const recalled = await look(task, stored, left, () => read++);
    // The same tune from another source.
    const [found] = 'tunes' in recalled ? recalled.tunes : [];
    if (found && found.runId !== stored.runId && ids.has(found.runId)) continue;
    if ('reason' in recalled) {
      if (!recalled.isUnrelated) skipped.push({ name: stored.taskName, reason: recalled.reason });
    } else
      for (const tune of recalled.tunes.slice(0, MOST_TUNES - tunes.length)) {
        const observations = tune.observations.slice(0, left);
        if (observations.length === 0) break;
        tunes.push({ ...tune, observations });
        left -= observations.length;
      }
  }
  return { tunes, skipped: skipped.slice(0, MOST_NAMED) };
}

async function look(task: TuningTask, stored: StoredRun, most: number, onRead: () => void): Promise<Recalled> {
  try {
    const comparable = comparableTask(task, await stored.readTask());
    if ('reason' in comparable) return comparable;
    onRead();
    return recall(task, await stored.read(), most);
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}
