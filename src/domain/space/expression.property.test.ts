import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Combination, ParameterValue } from './combination.js';
import { ExpressionError, parseExpression } from './expression.js';

/** A constraint as a tree, made without the parser. */
type Tree =
  | { readonly is: 'value'; readonly value: ParameterValue }
  | { readonly is: 'name'; readonly name: string }
  | { readonly is: 'call'; readonly name: string; readonly args: readonly Tree[] }
  | { readonly is: 'minus' | 'not'; readonly of: Tree }
  | { readonly is: 'in'; readonly item: Tree; readonly list: readonly Tree[] }
  | { readonly is: 'binary'; readonly operator: string; readonly left: Tree; readonly right: Tree };

const NAMES = { number: ['tp', 'batch_size'], boolean: ['fast'], string: ['policy'] };
const PARAMETERS = Object.values(NAMES).flat();
const CALLS: Record<string, (...args: number[]) => number> = {
  min: (...args) => args.reduce((a, b) => Math.min(a, b)),
  max: (...args) => args.reduce((a, b) => Math.max(a, b)),
  abs: (a) => Math.abs(a ?? NaN),
  floor: (a) => Math.floor(a ?? NaN),
  ceil: (a) => Math.ceil(a ?? NaN),
  log2: (a) => Math.log2(a ?? NaN),
};

const binary = (operators: readonly string[], operand: fc.Arbitrary<Tree>): fc.Arbitrary<Tree> =>
  fc.record({
    is: fc.constant('binary' as const),
    operator: fc.constantFrom(...operators),
    left: operand,
    right: operand,
  });
const value = <T extends ParameterValue>(of: fc.Arbitrary<T>): fc.Arbitrary<Tree> =>
  of.map((one) => ({ is: 'value', value: one }));
const named = (names: readonly string[]): fc.Arbitrary<Tree> =>
  fc.constantFrom(...names).map((name) => ({ is: 'name', name }));

const { boolean: tree } = fc.letrec<{ number: Tree; string: Tree; boolean: Tree }>((tie) => {
  const list = (of: fc.Arbitrary<Tree>): fc.Arbitrary<Tree> =>
    fc.record({ is: fc.constant('in' as const), item: of, list: fc.array(of, { maxLength: 3 }) });
  const number = tie('number');
  const boolean = tie('boolean');
  return {
    string: fc.oneof(value(fc.string({ maxLength: 5 })), named(NAMES.string)),
    number: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      value(fc.oneof(fc.nat(9), fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }))),
      named(NAMES.number),
      number.map((of): Tree => ({ is: 'minus', of })),
      binary(['+', '-', '*', '/', '%'], number),
      fc.record({
        is: fc.constant('call' as const),
        name: fc.constantFrom(...Object.keys(CALLS)),
        args: fc.array(number, { minLength: 1, maxLength: 3 }),
      })
    ),
    boolean: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      value(fc.boolean()),
      named(NAMES.boolean),
      binary(['==', '!=', '<', '<=', '>', '>='], number),
      binary(['==', '!='], tie('string')),
      binary(['==', '!='], boolean),
      list(number),
      list(tie('string')),
      boolean.map((of): Tree => ({ is: 'not', of })),
      binary(['and', 'or', '&&', '||'], boolean)
    ),
  };
});

const LEVELS: Record<string, number> = { or: 1, '||': 1, and: 2, '&&': 2, '+': 5, '-': 5, '*': 6, '/': 6, '%': 6 };
const COMPARISON = 4;

/** With as few parentheses as the documented precedence needs; `level` is the loosest that may stand here without. */
function print(node: Tree, level = 1): string {
  const wrap = (own: number, text: string): string => (own < level ? `(${text})` : text);
  switch (node.is) {
    case 'value':
      return typeof node.value === 'string' ? `"${node.value.replace(/[\\"]/g, '\\$&')}"` : String(node.value);
    case 'name':
      return node.name;
    case 'call':
      return `${node.name}(${node.args.map((arg) => print(arg)).join(', ')})`;
    case 'minus':
      return `-${print(node.of, 7)}`;
    case 'not':
      return wrap(3, `not ${print(node.of, 3)}`);
    case 'in':
      return wrap(COMPARISON, `${print(node.item, 5)} in [${node.list.map((item) => print(item)).join(', ')}]`);
    case 'binary': {
      const own = LEVELS[node.operator] ?? COMPARISON;
      const left = print(node.left, own === COMPARISON ? 5 : own);
      return wrap(own, `${left} ${node.operator} ${print(node.right, own + 1)}`);
    }
  }
}

/** What a tree means, written without the parser. */
function evaluate(node: Tree, scope: Combination): ParameterValue {
  switch (node.is) {
    case 'value':
      return node.value;
    case 'name':
      return scope[node.name] as ParameterValue;
    case 'call':
      return (CALLS[node.name] as (...args: number[]) => number)(
        ...node.args.map((arg) => evaluate(arg, scope) as number)
      );
    case 'minus':
      return -(evaluate(node.of, scope) as number);
    case 'not':
      return !evaluate(node.of, scope);
    case 'in': {
      const item = evaluate(node.item, scope);
      return node.list.some((other) => Object.is(evaluate(other, scope), item) || evaluate(other, scope) === item);
    }
    case 'binary': {
      const [a, b] = [evaluate(node.left, scope), evaluate(node.right, scope)] as [number, number];
      const results: Record<string, ParameterValue> = {
        ...{ or: a || b, '||': a || b, and: a && b, '&&': a && b, '==': a === b, '!=': a !== b },
        ...{ '<': a < b, '<=': a <= b, '>': a > b, '>=': a >= b },
        ...{ '+': a + b, '-': a - b, '*': a * b, '/': a / b, '%': a % b },
      };
      return results[node.operator] as ParameterValue;
    }
  }
}

const combination: fc.Arbitrary<Combination> = fc.record({
  tp: fc.oneof(fc.nat(9), fc.double({ noNaN: true, noDefaultInfinity: true })),
  batch_size: fc.integer(),
  fast: fc.boolean(),
  policy: fc.string({ maxLength: 5 }),
});

/** Pieces of the language in any order, so that it is not refused at its first character. */
const soup = fc
  .array(
    fc.oneof(
      fc.constantFrom(...PARAMETERS, 'and', 'or', 'not', 'in', 'true', 'max', 'log2', '1', '0.5', '1e9', '"x"', "'y'"),
      fc.constantFrom(
        '(',
        ')',
        '[',
        ']',
        ',',
        '==',
        '<',
        '<=',
        '+',
        '-',
        '*',
        '/',
        '%',
        '!',
        '||',
        '&&',
        '.',
        '"',
        '\\'
      )
    ),
    { maxLength: 30 }
  )
  .map((pieces) => pieces.join(' '));

describe('the constraint language', () => {
  it('means what its precedence says, for every expression', () => {
    fc.assert(
      fc.property(tree, combination, (node, scope) => {
        const source = print(node);
        fc.pre(source.length <= 2000);
        expect(parseExpression(source, PARAMETERS).holds(scope)).toBe(evaluate(node, scope));
      })
    );
  });

  it('takes or refuses any text, and says where', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), soup), combination, (source, scope) => {
        try {
          expect(typeof parseExpression(source, PARAMETERS).holds(scope)).toBe('boolean');
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError);
          expect((error as ExpressionError).at).toBeGreaterThanOrEqual(0);
          expect((error as ExpressionError).at).toBeLessThanOrEqual(source.length);
        }
      })
    );
  });

  it.each(['(', '-', '!', 'not ', '[', 'max(', 'max(1, ', '(- ', 'true and (', '1 + ('])(
    'bounds how deep %s may nest, and how long it may be',
    (piece) => {
      fc.assert(
        fc.property(fc.integer({ min: 65, max: 5000 }), (count) => {
          expect(() => parseExpression(piece.repeat(count), PARAMETERS)).toThrow(
            /nested deeper than 64|longer than 2000/
          );
        }),
        { numRuns: 20 }
      );
    }
  );

  it('takes the longest flat expression without running out of stack', () => {
    const source = `${'tp+'.repeat(660)}tp > 0`;
    expect(parseExpression(source, PARAMETERS).holds({ tp: 1 })).toBe(true);
  });

  it.each([...Object.getOwnPropertyNames(Object.prototype), 'prototype', 'length', 'process', 'globalThis'])(
    'knows %s as a parameter or not at all',
    (name) => {
      expect(() => parseExpression(`${name} == 1`, PARAMETERS)).toThrow(ExpressionError);
      expect(() => parseExpression(`${name}(1) == 1`, [...PARAMETERS, name])).toThrow('unknown function');
      const expression = parseExpression(`${name} == 1`, [name]);
      expect(() => expression.holds({})).toThrow('has no value');
      expect(expression.holds(Object.fromEntries([[name, 1]]))).toBe(true);
    }
  );
});
