import { describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { SuggestInput, SuggestOutput } from '../contracts/activities.js';
import { parseTask } from '../domain/task/parse-task.js';
import { Redactor } from '../platform/redactor.js';
import { createOptimizers } from '../optimizers/index.js';
import { FakeModel } from '../../test/support/fake-model.js';
import { createControlActivities } from './control.js';
import type { Dependencies } from './dependencies.js';

const activities = createControlActivities({
  redactor: new Redactor(),
  optimizers: createOptimizers(new FakeModel()),
} as unknown as Dependencies);
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
