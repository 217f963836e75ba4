import { describe, expect, it } from '@jest/globals';
import { taskFileOf, taskOf } from '../../../test/support/tasks.js';
import { parseTask } from './parse-task.js';
import { describeIssue } from './task-issue.js';

function issues(...blocks: Parameters<typeof taskFileOf>): string[] {
  const parsed = parseTask(taskFileOf(...blocks));
  return 'issues' in parsed ? parsed.issues.map(describeIssue) : [];
}

describe('a budget', () => {
  it('is what the file says, and nothing by default', () => {
    const cost = { accelerators: 2, price_per_accelerator_hour: 2.5 };
    const budget = { experiments: 30, wall_time: 7200, accelerator_hours: 8.5, money: 20 };
    expect(taskOf({ cost, budget }).budget).toEqual(budget);
    expect(taskOf()).not.toHaveProperty('budget');
    expect(taskOf({ optimization: { stop_when: { expected_improvement: 0.01 } } }).optimization.stop_when).toEqual({
      ...{ expected_improvement: 0.01, in_a_row: 8 },
    });
  });

  it('is refused where nobody could count it', () => {
    expect(issues({ budget: { accelerator_hours: 1, money: 1 } })).toEqual([
      'budget.accelerator_hours: needs cost.accelerators, by which they are counted',
      'budget.money: needs cost.price_per_accelerator_hour, by which it is counted',
    ]);
    expect(issues({ cost: { accelerators: 1 }, budget: { money: 1 } })).toHaveLength(1);
    expect(issues({ budget: {} })).toEqual(['budget: needs at least one limit']);
    expect(issues({ budget: { wall_time: 0 } })[0]).toMatch(/^budget\.wall_time: /);
    expect(issues({ budget: { walltime: 60 } as object })[0]).toBe(
      "budget.walltime: unknown key; did you mean 'wall_time'?"
    );
  });

  it('cannot be ended by what a strategy does not say', () => {
    const stop_when = { expected_improvement: 0.01 };
    expect(issues({ optimization: { strategy: 'tpe', stop_when } })).toEqual([
      "optimization.stop_when: needs the strategy 'bayesian': 'tpe' does not say what it expects of a suggestion",
    ]);
    expect(issues({ optimization: { stop_when }, aa: 5 })).toEqual([
      'optimization.stop_when: is not used with aa, which searches nothing',
    ]);
  });
});
