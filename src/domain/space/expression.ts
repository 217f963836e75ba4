/**
 * The language of constraints and counts: a small, pure expression over parameter values, parsed and never evaluated as code.
 *
 *   tp_size * dp_size <= 8
 *   parallel >= 4 or batch_size < 512
 *   schedule_policy in ["lpm", "fcfs"] and not (mem_frac > 0.9)
 *
 * Precedence from loose to tight: `or ||`, `and &&`, `not !`, comparisons (`== != < <= > >= in`), `+ -`, `* / %`, unary `-`.
 * Functions: `min(a, ...)`, `max(a, ...)`, `abs(a)`, `floor(a)`, `ceil(a)`, `log2(a)`.
 */
import type { Combination, ParameterValue } from './combination.js';

type Value = ParameterValue | readonly ParameterValue[];
type Node = (scope: Combination) => Value;

interface Token {
  readonly kind: 'number' | 'string' | 'name' | 'operator' | 'end';
  readonly text: string;
  /** Offset in the source, from 0. */
  readonly at: number;
}

/** A constraint that cannot be parsed, or names an unknown parameter, or mixes types. `at` is the offset in the source. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
  constructor(
    message: string,
    readonly at: number
  ) {
    super(message);
  }
}

/** A parsed expression: a constraint, or a number of something. */
export interface Expression {
  readonly source: string;
  /** The parameters that it mentions. */
  readonly names: readonly string[];
  /** @throws ExpressionError when the types do not fit or the result is no boolean. */
  holds(combination: Combination): boolean;
  /** @throws ExpressionError when the types do not fit or the result is no number. */
  numberFor(combination: Combination): number;
}

const MAX_LENGTH = 2000;
const MAX_DEPTH = 64;
const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([A-Za-z_]\w*)|(\|\||&&|[<>=!]=|[-+*/%<>!()[\],]))/y;

const FUNCTIONS: Readonly<Record<string, (...args: number[]) => number>> = {
  min: Math.min,
  max: Math.max,
  abs: (a = NaN) => Math.abs(a),
  floor: (a = NaN) => Math.floor(a),
  ceil: (a = NaN) => Math.ceil(a),
  log2: (a = NaN) => Math.log2(a),
};

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  for (;;) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (!match) {
      const rest = source.slice(from);
      const at = from + (rest.length - rest.trimStart().length);
      if (at < source.length) throw new ExpressionError(`unexpected character ${JSON.stringify(source[at])}`, at);
      tokens.push({ kind: 'end', text: 'the end', at: source.length });
      return tokens;
    }
    const [whole, number, string, name, operator] = match;
    const text = number ?? string ?? name ?? operator ?? '';
    const kind = number ? 'number' : string ? 'string' : name ? 'name' : 'operator';
    tokens.push({ kind, text, at: from + whole.length - text.length });
  }
}

const BINARY_LEVELS: readonly Readonly<Record<string, string>>[] = [
  { or: '||', '||': '||' },
  { and: '&&', '&&': '&&' },
  { '==': '==', '!=': '!=', '<': '<', '<=': '<=', '>': '>', '>=': '>=', in: 'in' },
  { '+': '+', '-': '-' },
  { '*': '*', '/': '/', '%': '%' },
];

/**
 * Parses an expression.
 * @param parameters the names it may use; any other name is an error.
 * @throws ExpressionError with the offset of the offending token.
 */
export function parseExpression(source: string, parameters: readonly string[]): Expression {
  if (source.length > MAX_LENGTH) throw new ExpressionError(`longer than ${MAX_LENGTH} characters`, MAX_LENGTH);
  const tokens = tokenize(source);
  const names = new Set<string>();
  let position = 0;
  let depth = 0;
  const peek = (): Token => tokens[position] as Token;
  const next = (): Token => tokens[position++] as Token;
  const expect = (text: string): void => {
    const token = next();
    if (token.text !== text || token.kind !== 'operator')
      throw new ExpressionError(`expected '${text}' but found ${token.text}`, token.at);
  };

  const nested = <T>(parse: () => T): T => {
    if (++depth > MAX_DEPTH) throw new ExpressionError(`nested deeper than ${MAX_DEPTH} levels`, peek().at);
    const result = parse();
    depth--;
    return result;
  };

  const binary = (level: number): Node => {
    const operators = BINARY_LEVELS[level];
    if (!operators) return unary();
    // `not` binds looser than comparisons, so that `not a > b` reads as it is spoken.
    if (level === 2 && (peek().text === 'not' || peek().text === '!') && peek().kind !== 'string') {
      const token = next();
      const operand = nested(() => binary(2));
      return (scope) => !asBoolean(operand(scope), token.at);
    }
    let left = binary(level + 1);
    for (;;) {
      const token = peek();
      const operator = token.kind === 'operator' || token.kind === 'name' ? operators[token.text] : undefined;
      if (!operator || !Object.hasOwn(operators, token.text)) return left;
      next();
      left = operation(operator, left, binary(level + 1), token.at);
      // `1 < x < 3` would compare a boolean with a number: say so instead.
      const following = peek().text;
      if (level === 2 && peek().kind !== 'string' && Object.hasOwn(operators, following)) {
        throw new ExpressionError(
          `comparisons cannot be chained; write 'a ${token.text} b and b ${following} c'`,
          peek().at
        );
      }
    }
  };

  const unary = (): Node => {
    const token = next();
    if (token.kind === 'number') return constant(Number(token.text));
    if (token.kind === 'string') return constant(unquote(token.text));
    if (token.text === '-') {
      const operand = nested(unary);
      return (scope) => -asNumber(operand(scope), token.at);
    }
    if (token.text === '(') {
      const inner = nested(() => binary(0));
      expect(')');
      return inner;
    }
    if (token.text === '[') {
      const items = list(']');
      return (scope) => items.map((item) => asScalar(item(scope), token.at));
    }
    if (token.kind === 'name') return named(token);
    throw new ExpressionError(`expected a value but found ${token.text}`, token.at);
  };

  const list = (close: string): Node[] => {
    const items: Node[] = [];
    while (peek().text !== close) {
      if (items.length > 0) expect(',');
      items.push(nested(() => binary(0)));
    }
    expect(close);
    return items;
  };

  const named = (token: Token): Node => {
    if (token.text === 'true' || token.text === 'false') return constant(token.text === 'true');
    if (peek().text === '(' && peek().kind === 'operator') {
      const apply = Object.hasOwn(FUNCTIONS, token.text) ? FUNCTIONS[token.text] : undefined;
      if (!apply)
        throw new ExpressionError(
          `unknown function '${token.text}'; there are ${Object.keys(FUNCTIONS).join(', ')}`,
          token.at
        );
      next();
      const args = list(')');
      if (args.length === 0) throw new ExpressionError(`${token.text}() needs a value`, token.at);
      return (scope) => apply(...args.map((arg) => asNumber(arg(scope), token.at)));
    }
    if (!parameters.includes(token.text)) {
      throw new ExpressionError(
        `unknown parameter '${token.text}'; there are ${parameters.join(', ') || 'none'}`,
        token.at
      );
    }
    names.add(token.text);
    return (scope) => {
      const value = Object.hasOwn(scope, token.text) ? scope[token.text] : undefined;
      if (value === undefined) throw new ExpressionError(`'${token.text}' has no value`, token.at);
      return value;
    };
  };

  const root = binary(0);
  if (peek().kind !== 'end') throw new ExpressionError(`unexpected ${peek().text}`, peek().at);
  return {
    source,
    names: [...names],
    holds: (combination) => asBoolean(root(combination), 0),
    numberFor: (combination) => asNumber(root(combination), 0),
  };
}

function constant(value: ParameterValue): Node {
  return () => value;
}

function unquote(text: string): string {
  return text.slice(1, -1).replace(/\\(.)/g, '$1');
}

function operation(operator: string, left: Node, right: Node, at: number): Node {
  const arithmetic =
    (apply: (a: number, b: number) => ParameterValue): Node =>
    (scope) =>
      apply(asNumber(left(scope), at), asNumber(right(scope), at));
  switch (operator) {
    case '||':
      return (scope) => asBoolean(left(scope), at) || asBoolean(right(scope), at);
    case '&&':
      return (scope) => asBoolean(left(scope), at) && asBoolean(right(scope), at);
    case '==':
      return (scope) => asScalar(left(scope), at) === asScalar(right(scope), at);
    case '!=':
      return (scope) => asScalar(left(scope), at) !== asScalar(right(scope), at);
    case 'in':
      return (scope) => asList(right(scope), at).includes(asScalar(left(scope), at));
    case '<':
      return arithmetic((a, b) => a < b);
    case '<=':
      return arithmetic((a, b) => a <= b);
    case '>':
      return arithmetic((a, b) => a > b);
    case '>=':
      return arithmetic((a, b) => a >= b);
    case '+':
      return arithmetic((a, b) => a + b);
    case '-':
      return arithmetic((a, b) => a - b);
    case '*':
      return arithmetic((a, b) => a * b);
    case '/':
      return arithmetic((a, b) => a / b);
    default:
      return arithmetic((a, b) => a % b);
  }
}

function asNumber(value: Value, at: number): number {
  if (typeof value === 'number') return value;
  throw new ExpressionError(`expected a number but got ${JSON.stringify(value)}`, at);
}

function asBoolean(value: Value, at: number): boolean {
  if (typeof value === 'boolean') return value;
  throw new ExpressionError(`expected true or false but got ${JSON.stringify(value)}`, at);
}

function asScalar(value: Value, at: number): ParameterValue {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  throw new ExpressionError('expected a single value but got a list', at);
}

function asList(value: Value, at: number): readonly ParameterValue[] {
  if (typeof value === 'object') return value;
  throw new ExpressionError(`expected a list after 'in' but got ${JSON.stringify(value)}`, at);
}
