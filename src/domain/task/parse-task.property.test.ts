import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { damaged, strange } from '../../../test/support/garbage.js';
import { parameterSpec } from '../../../test/support/spaces.js';
import { parseTask } from './parse-task.js';
import { describeIssue } from './task-issue.js';
import { createSearchSpace } from '../space/search-space.js';

const TASK = {
  task_name: 'x',
  backend: 'process',
  engine: { command: ['engine', '--port', '{port}'] },
  model: { name: 'm' },
  parameters: {
    tp: { type: 'choice', values: [1, 2, 'auto'] },
    batch: { type: 'int', min: 1, max: 64, scale: 'log' },
    fast: { type: 'bool' },
  },
  constraints: ['tp == "auto" or tp <= 2'],
  optimization: { objective: { metric: 'ttft', direction: 'minimize' }, max_iterations: 3 },
  benchmark: { model_name: 'm', num_concurrency: [1, 4], additional_params: { a: { b: [1] } } },
  timeouts: { deploy: 10 },
};

/** Never an exception: a tune whose file cannot be read would be tried for ever. */
function check(value: unknown): void {
  const parsed = parseTask(value);
  if ('task' in parsed) expect(createSearchSpace(parsed.task).size).toBeGreaterThanOrEqual(1);
  else for (const issue of parsed.issues) expect(describeIssue(issue).length).toBeLessThan(20_000);
}

describe('a task file', () => {
  it('is taken as it is here', () => expect(parseTask(TASK)).toHaveProperty('task'));

  it('is taken, or refused with reasons, whatever it holds', () => {
    fc.assert(fc.property(fc.oneof(strange, damaged(TASK), fc.anything({ withBigInt: true, withDate: true })), check), {
      numRuns: 300,
    });
  });

  it('is refused when it is deeper than the stack, or holds itself', () => {
    let deep: unknown = 1;
    for (let i = 0; i < 100_000; i++) deep = [deep];
    const itself: unknown[] = [];
    itself.push(itself);
    for (const value of [deep, itself]) for (const key of Object.keys(TASK)) check({ ...TASK, [key]: value });
  });

  it('has a space of any parameters, or says why not', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('a', 'b', 'constructor', 'toString'), parameterSpec), (parameters) =>
        check({ ...TASK, parameters, constraints: [] })
      )
    );
  });

  it('has constraints that have an answer for every combination of choices', () => {
    const values = fc.uniqueArray(fc.constantFrom<unknown>(1, 2, 'x', 'y', true), { minLength: 1, maxLength: 4 });
    const constraint = fc.constantFrom(
      'a < 2',
      'a == b',
      'b == "x" or a > 1',
      'not a',
      'a in [1, "x"] and b',
      'a + b > 2'
    );
    fc.assert(
      fc.property(values, values, constraint, (a, b, source) => {
        const parameters = { a: { type: 'choice', values: a }, b: { type: 'choice', values: b } };
        const parsed = parseTask({ ...TASK, parameters, constraints: [source] });
        if ('issues' in parsed) {
          expect(parsed.issues.map(describeIssue).join()).toMatch(/^constraints\[0\]: expected/);
          return;
        }
        const space = createSearchSpace(parsed.task);
        for (let i = 0; i < space.size; i++) space.allows(space.at(i));
      })
    );
  });

  it('is refused when a constraint fits the first value of a parameter and not the others', () => {
    const parameters = { n: { type: 'choice', values: [1, 2, 'auto'] } };
    const parsed = parseTask({ ...TASK, parameters, constraints: ['n >= 1'] });
    expect('issues' in parsed && parsed.issues.map(describeIssue)).toEqual([
      `constraints[0]: expected a number but got "auto" (at character 3 of 'n >= 1')`,
    ]);
  });
});
