/** A tune starts from what earlier ones have learned, and measures everything itself. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { Tune } from '../../src/client/index.js';
import type { SuggestInput } from '../../src/contracts/activities.js';
import { CONTROL_QUEUE } from '../../src/contracts/task-queues.js';
import type { Reuse, ReusedTune } from '../../src/domain/reuse/reuse.js';
import type { TaskFile } from '../../src/domain/task/task.schema.js';
import { fakeWorld, type Activities, type FakeWorld } from '../support/fake-activities.js';
import { recordHistories } from '../support/histories.js';
import { startTimeSkipping, withWorkers, workflowBundle } from '../support/temporal.js';

let environment: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;
let id: string;

beforeAll(async () => {
  environment = await startTimeSkipping();
  bundle = await workflowBundle();
});
afterAll(() => environment?.teardown());
afterEach(async () => {
  if (process.env['RECORD_HISTORIES'] !== '1') return;
  await recordHistories(environment.client.workflow, expect.getState().currentTestName ?? '', id);
});

const file = (optimization: TaskFile['optimization'] = {}): TaskFile => ({
  ...{ task_name: 'test', backend: 'process', engine: 'llama.cpp', model: { name: 'm' } },
  parameters: { x: { type: 'int', min: 1, max: 30 } },
  optimization: { strategy: 'bayesian', max_iterations: 3, ...optimization },
  baseline: { parameters: { x: 20 } },
  verification: { finalists: 0 },
  benchmark: { model_name: 'm' },
});

const tune = (engineVersion: string): ReusedTune => ({
  ...{ taskName: 'earlier', runId: engineVersion, storedAtMs: 0, baseline: [40], relative: false },
  surroundings: { engineVersion, model: 'm', hardware: '' },
  observations: [
    { index: 4, scores: [10], violation: 0 },
    { index: 5, scores: null, violation: 0 },
  ],
  crashes: [{ combination: { x: 6 }, code: 'OUT_OF_MEMORY' }],
});
/** The fake engine has the version 1. */
const REUSE: Reuse = { tunes: [tune('2'), tune('1')], skipped: [] };

/** A world that keeps what was asked for suggestions. */
function asking(openTune: Activities['openTune']): FakeWorld & { asked: SuggestInput[] } {
  const asked: SuggestInput[] = [];
  const world = fakeWorld(({ activities: { suggest } }) => ({
    openTune,
    suggest: (input) => (asked.push(input), suggest(input)),
  }));
  return Object.assign(world, { asked });
}

async function run(world: FakeWorld, task: TaskFile): Promise<Tune> {
  id = `tune/${randomUUID()}`;
  await withWorkers(environment, bundle, world.activities, async () => {
    const handle = await environment.client.workflow.start('tuneWorkflow', {
      ...{ workflowId: id, taskQueue: CONTROL_QUEUE, args: [task] },
    });
    await handle.result();
  });
  return new Tune(environment.client, id);
}

describe('what earlier tunes have learned', () => {
  it('is told to the strategy on the scale of today, as far as it ran on the same', async () => {
    const world = asking(async () => REUSE);
    const result = (await (await run(world, file())).result()) as { answer: string; totalExperiments: number };
    expect(world.asked.length).toBe(3);
    for (const { history } of world.asked)
      expect(history?.known).toEqual([
        {
          aligned: true,
          observations: [
            { index: 4, scores: [5], violation: 0 },
            { index: 5, scores: null, violation: 0 },
          ],
        },
      ]);
    // None of it counts as an experiment.
    expect(result.totalExperiments).toBe(3);
    expect(result.answer).toContain('The search began with 2 observations of 1 earlier tune.');
  });

  it('is in the history, from which the results can be made again', async () => {
    const told = await run(
      asking(async () => REUSE),
      file()
    );
    const { reuse } = await told.history();
    expect(reuse).toMatchObject({ ...REUSE, seen: [{ engineVersion: '1' }], baseline: [20] });
  });

  it('is done without when it cannot be found', async () => {
    const world = asking(() => Promise.reject(new Error('no such disk')));
    const told = await run(world, file());
    expect((await told.result()).answer).not.toContain('earlier');
    expect(world.asked.every(({ history }) => history?.known === undefined)).toBe(true);
  });
});
