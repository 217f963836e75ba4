import { describe, expect, it } from '@jest/globals';
import { experimentNameOf, experimentWorkflowId, resourceName, stepName, taskNameOf, tuneWorkflowId } from './names.js';

describe('names', () => {
  it.each(['simple-tune', 'UPPER_case.name', '0digits', '---', 'x'.repeat(63), 'emoji 🚀'])(
    '%s becomes a DNS label',
    (task) => {
      expect(resourceName(task, 1_000_000, 'run', 3)).toMatch(/^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/);
    }
  );

  it('tells tasks, experiments, runs and attempts apart, and is the same each time', () => {
    const all = [
      resourceName('a', 1, 'run', 1),
      resourceName('A', 1, 'run', 1),
      resourceName('a', 2, 'run', 1),
      resourceName('a', 1, 'other', 1),
      resourceName('a', 1, 'run', 2),
    ];
    expect(new Set(all).size).toBe(all.length);
    expect(resourceName('a', 1, 'run', 1)).toBe(all[0]);
  });

  it('number the steps of an experiment, and lead back to it', () => {
    const name = resourceName('a-s2', 0, 'run', 1);
    expect([1, 2, 137].map((step) => stepName(name, step))).toEqual([name, `${name}-s2`, `${name}-s137`]);
    for (const step of [1, 2, 137]) expect(experimentNameOf(stepName(name, step))).toBe(name);
    expect(experimentNameOf('task-s2')).toBe('task-s2');
    expect(`${stepName(resourceName('x'.repeat(63), 1_000_000, 'r', 1), 999)}-reader`.length).toBeLessThanOrEqual(63);
  });

  it('makes workflow ids that lead back to the task', () => {
    expect(taskNameOf(tuneWorkflowId('simple-tune'))).toBe('simple-tune');
    expect(experimentWorkflowId('tune/x', 3)).toBe('tune/x/3');
  });
});
