import { describe, expect, it } from '@jest/globals';
import { taskFileOf } from '../../../test/support/tasks.js';
import { parseTask } from './parse-task.js';
import { describeIssue } from './task-issue.js';

function issuesOf(more: object): string[] {
  const parsed = parseTask({ ...(taskFileOf() as object), ...more });
  return 'issues' in parsed ? parsed.issues.map(describeIssue) : [];
}

describe('a key that nobody knows', () => {
  it.each([
    ['is near another one', { task_nam: 'x' }, "task_nam: unknown key; did you mean 'task_name'?"],
    ['belongs into a block', { parallelism: 4 }, "parallelism: unknown key; it belongs into 'optimization'"],
    [
      'belongs at the top',
      { optimization: { constraints: [] } },
      'optimization.constraints: unknown key; it belongs at the top of the file',
    ],
    ['is nowhere', { quantum: 1 }, 'quantum: unknown key'],
    ['is that of every object', { toString: 1 }, 'toString: unknown key'],
  ])('that %s is told so', (_, more, message) => {
    expect(issuesOf(more)).toEqual([message]);
  });
});
