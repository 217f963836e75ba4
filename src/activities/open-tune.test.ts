import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { measured } from '../../test/support/earlier-tunes.js';
import { taskOf } from '../../test/support/tasks.js';
import type { PreparedTask } from '../contracts/activities.js';
import type { Reuse } from '../domain/reuse/reuse.js';
import type { TaskFile } from '../domain/task/task.schema.js';
import { earlierRunsOf } from '../platform/earlier-runs/index.js';
import { Redactor } from '../platform/redactor.js';
import { RunStore } from '../platform/run-store.js';
import { createOpeningActivities } from './open-tune.js';

let dir: string;
let store: RunStore;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'open-'));
  store = new RunStore(join(dir, 'artifacts'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const task = (optimization: TaskFile['optimization'] = {}, more: Partial<TaskFile> = {}): PreparedTask =>
  taskOf({ optimization: { max_iterations: 2, ...optimization }, ...more });

function open(runId: string, opened: PreparedTask): Promise<Reuse | null> {
  const folders = { artifactsDir: join(dir, 'artifacts'), resultsDir: join(dir, 'results') };
  const { openTune } = createOpeningActivities({
    store,
    earlierRuns: earlierRunsOf(folders),
    redactor: new Redactor(),
  });
  const tune = { workflowId: 'w', runId, taskName: 'test' };
  return new MockActivityEnvironment().run(() => openTune({ tune, task: opened }));
}

async function measure(runId: string): Promise<void> {
  await open(runId, { ...task(), encrypted: true });
  await store.record({ taskName: 'test', runId }, measured(1, { tp_size: 2 }, 1));
}

describe('opening a tune', () => {
  it('leaves its task for those that come later, and finds what is there', async () => {
    expect(await open('first', task())).toBeNull();
    await measure('second');
    expect(await open('third', task())).toMatchObject({ tunes: [{ runId: 'second', observations: [{ index: 1 }] }] });
  });

  it.each<[string, PreparedTask]>([
    ['is told not to', task({ reuse: false })],
    ['has a seed', task({ seed: 7 })],
    ['does not learn', task({ strategy: 'random' })],
    ['tries everything', task({ max_iterations: 3 })],
    ['measures the noise', task({}, { aa: 3 })],
  ])('looks for nothing where it %s', async (_, opened) => {
    await measure('first');
    expect(await open('second', opened)).toBeNull();
  });

  it('looks all the same where a seed comes with the wish', async () => {
    await measure('first');
    expect(await open('second', task({ seed: 7, reuse: true }))).toMatchObject({ tunes: [{ runId: 'first' }] });
  });

  it('is not kept from it by a folder that cannot be written', async () => {
    await writeFile(join(dir, 'artifacts'), 'a file is in the way');
    expect(await open('first', task())).toBeNull();
  });
});
