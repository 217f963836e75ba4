import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { damagedBytes } from '../../test/support/garbage.js';
import { parseTaskText, TaskFileError } from './task-file.js';

const TASK = `task_name: t
base_runtime: rt
model: &m {name: m}
parameters:
  tp_size: {type: choice, values: [1, 2]} # all
optimization: {}
constraints: ["tp_size > 1"]
benchmark: {model_name: m}
`;

/** Every error names the file. */
function check(text: string, path: string): void {
  try {
    parseTaskText(text, path);
  } catch (error) {
    expect(error).toBeInstanceOf(TaskFileError);
    for (const line of (error as TaskFileError).lines) expect(line.startsWith(`${path}:`)).toBe(true);
  }
}

describe('the text of a task file', () => {
  it('is taken or refused by its place, whatever it holds', () => {
    const yaml = fc.string({ unit: fc.constantFrom(...'{}[]:,-?&*!|>#%@"\'\n\t ab1.~<') });
    const text = fc.oneof(damagedBytes(TASK).map(String), fc.string({ unit: 'binary' }), yaml);
    fc.assert(fc.property(text, fc.constantFrom('x.json', 'x.yaml'), check), { numRuns: 200 });
  });

  it('is refused when it is deeper than the stack', () => {
    for (const piece of ['[', '{a: ', '- ', '? ', '-\t', '? - ', ': '])
      for (const path of ['x.json', 'x.yaml'])
        expect(() => parseTaskText(piece.repeat(100_000), path)).toThrow(`${path}: is nested deeper than 500 levels`);
  });

  it('is taken as deep as indentation alone can make it in a file of this size', () => {
    const levels = Array.from({ length: 1400 }, (_, i) => `${' '.repeat(i)}a:`);
    check(levels.join('\n'), 'x.yaml');
    check(levels.map((line) => line.replace('a:', '-')).join('\n'), 'x.yaml');
    check(levels.map((line) => line.replace('a:', '? ')).join('\n'), 'x.yaml');
  });

  it('is refused when a value holds itself', () => {
    const text = TASK.replace('optimization: {}', 'optimization: &o {seed: *o}');
    expect(() => parseTaskText(text, 'x.yaml')).toThrow(TaskFileError);
    const inside = TASK.replace('{model_name: m}', '{model_name: m, additional_params: &p {again: *p}}');
    expect(() => parseTaskText(inside, 'x.yaml')).toThrow(/^x\.yaml: .*circular/);
  });
});
