import { describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { SuggestInput, SuggestOutput, WriteResultsInput } from '../contracts/activities.js';
import type { ResultsFile } from '../domain/results/tune-result.js';
import type { ExperimentOutcome } from '../domain/tuning/experiment.js';
import { parseTask } from '../domain/task/parse-task.js';
import { Redactor } from '../platform/redactor.js';
import { createOptimizers } from '../optimizers/index.js';
import { measured } from '../../test/support/earlier-tunes.js';
import { FakeModel } from '../../test/support/fake-model.js';
import { taskOf } from '../../test/support/tasks.js';
import { createControlActivities } from './control.js';
import type { Dependencies } from './dependencies.js';

const activities = createControlActivities({
  redactor: new Redactor(),
  optimizers: createOptimizers(new FakeModel()),
} as unknown as Dependencies);
const tune = { workflowId: 'tune/test', runId: 'r', taskName: 'test' };
const measuredTune = (): WriteResultsInput => ({
  ...{ tune, task: taskOf(), elapsedSeconds: 60, activeSeconds: 60, finishedAtMs: Date.UTC(2026, 0, 1), stopped: true },
  ended: { reason: 'cancelled', stage: 'search' },
});

const suggest = (input: SuggestInput): Promise<SuggestOutput> =>
  new MockActivityEnvironment().run(() => activities.suggest(input));

describe('suggestions', () => {
  it('end the tune when a constraint has no answer: another try would not change it', async () => {
    const parsed = parseTask({
      ...{ task_name: 'x', base_runtime: 'rt', model: { name: 'm' }, optimization: { strategy: 'grid_search' } },
      ...{ parameters: { n: { type: 'int', min: 1, max: 9 } }, benchmark: { model_name: 'm' } },
      // It has one at both ends of the range, which is as far as the file is checked.
      constraints: ['n != 5 or n > "five"'],
    });
    if (!('task' in parsed)) throw new Error(JSON.stringify(parsed.issues));
    const { task } = parsed;
    expect(await suggest({ task, cursor: 0, count: 4 })).toMatchObject({ cursor: 4 });
    await expect(suggest({ task, cursor: 4, count: 1 })).rejects.toMatchObject({
      type: 'INVALID_TASK',
      nonRetryable: true,
      message: 'a constraint has no answer: expected a number but got "five"',
    });
  });
});

describe('keeping a tune in the history', () => {
  const record = async (outcomes: readonly ExperimentOutcome[], history: Dependencies['history']): Promise<void> => {
    const store = { outcomes: async () => ({ outcomes, unreadable: [] }) };
    const world = { redactor: new Redactor(), store, history } as unknown as Dependencies;
    await new MockActivityEnvironment().run(() => createControlActivities(world).recordTune(measuredTune()));
  };

  it('needs no results file, and is the same each time', async () => {
    const kept: ResultsFile[] = [];
    const history = { record: async (results: ResultsFile) => void kept.push(results) };
    for (let i = 0; i < 2; i++) await record([measured(1, { tp_size: 2 }, 1)], history);
    expect(kept[0]).toMatchObject({ task_name: 'test', stopped_early: true, ended: { reason: 'cancelled' } });
    expect(kept[0]?.ran).toMatchObject({ run_id: 'r', finished_at: '2026-01-01T00:00:00.000Z' });
    expect(kept[1]).toEqual(kept[0]);
  });

  it('is left out where nothing was measured, and fails where it cannot be kept', async () => {
    const history = { record: () => Promise.reject(new Error('no space left on device')) };
    await record([], history);
    await expect(record([measured(1, { tp_size: 2 }, 1)], history)).rejects.toThrow('no space left');
  });
});
