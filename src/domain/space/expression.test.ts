import { describe, expect, it } from '@jest/globals';
import { ExpressionError, parseExpression } from './expression.js';

const names = ['tp_size', 'mem_frac', 'policy', 'fast'];
const values = { tp_size: 4, mem_frac: 0.9, policy: 'lpm', fast: true };
const holds = (source: string): boolean => parseExpression(source, names).holds(values);

describe('constraints', () => {
  it.each([
    ['tp_size * 2 <= 8', true],
    ['tp_size + 1 > 2 * 3', false],
    ['-tp_size < 0', true],
    ['10 - 4 - 3 == 3', true],
    ['policy == "lpm" and mem_frac < 0.95', true],
    ["policy in ['fcfs', 'random']", false],
    ['not policy == "fcfs"', true],
    ['!fast || tp_size % 3 == 1', true],
    ['fast or tp_size / 0 > 1', true],
    ['false and true or true', true],
    ['not (fast and tp_size == 4)', false],
    ['max(tp_size, 8) == 8 and log2(tp_size) == 2', true],
    ['policy != "in"', true],
  ])('%s is %s', (source, expected) => {
    expect(holds(source)).toBe(expected);
  });

  it.each([
    ['tp_size >', 9],
    ['tp_sise > 1', 0],
    ['1 < tp_size < 3', 12],
    ['tp_size = 3', 8],
    ['process.exit(1)', 7],
    ['constructor("x")', 0],
    ['toString()', 0],
    ['(tp_size > 1', 12],
    ['tp_size > 1 mem_frac', 12],
  ])('refuses %s at character %d', (source, at) => {
    expect(() => parseExpression(source, names)).toThrow(ExpressionError);
    try {
      parseExpression(source, names);
    } catch (error) {
      expect((error as ExpressionError).at).toBe(at);
    }
  });

  it('refuses to mix types instead of guessing', () => {
    expect(() => holds('policy > 1')).toThrow('expected a number but got "lpm"');
    expect(() => holds('tp_size')).toThrow('expected true or false but got 4');
    expect(() => holds('tp_size and fast')).toThrow('expected true or false');
  });

  it('bounds nesting, so that a hostile file cannot exhaust the stack', () => {
    expect(() => parseExpression('('.repeat(1000) + '1' + ')'.repeat(900), names)).toThrow('nested deeper');
  });
});
