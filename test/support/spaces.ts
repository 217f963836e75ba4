/** Search spaces as a user may write them. */
import fc from 'fast-check';
import type { Combination, ParameterValue } from '../../src/domain/space/combination.js';
import type { ParameterSpec } from '../../src/domain/task/task.schema.js';

const scalar: fc.Arbitrary<ParameterValue> = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.boolean(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true })
);

const ordered = (numbers: fc.Arbitrary<number>): fc.Arbitrary<{ min: number; max: number }> =>
  fc.tuple(numbers, numbers).map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) }));

const maybe = (numbers: fc.Arbitrary<number>): fc.Arbitrary<{ step?: number }> =>
  fc.option(numbers, { nil: null }).map((step) => (step === null ? {} : { step }));

function range(
  type: 'int' | 'float',
  scale: 'linear' | 'log',
  limits: fc.Arbitrary<number>,
  steps: fc.Arbitrary<number>
): fc.Arbitrary<ParameterSpec> {
  return fc.tuple(ordered(limits), maybe(steps)).map(([both, step]) => ({ type, scale, ...both, ...step }));
}

const anyInt = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -50, max: 50 }));
const someInt = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }));
const anyFloat = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -2, max: 2, noNaN: true })
);
const positive = fc.oneof(
  fc.double({ min: 5e-324, noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: 0.01, max: 10, noNaN: true })
);

/** Whatever the schema of the task file takes, however strange. */
export const parameterSpec: fc.Arbitrary<ParameterSpec> = fc.oneof(
  fc.constant({ type: 'bool' } as const),
  fc
    .uniqueArray(scalar, { minLength: 1, maxLength: 6, selector: (item) => JSON.stringify(item) })
    .map((values) => ({ type: 'choice', values }) as const),
  range('int', 'linear', anyInt, someInt),
  range('int', 'log', someInt, fc.integer({ min: 2, max: 1000 })),
  range('float', 'linear', anyFloat, positive),
  range('float', 'log', positive, fc.double({ min: 1 + 2 ** -40, max: 100, noNaN: true }))
);

export interface SmallSpace {
  readonly parameters: Record<string, ParameterSpec>;
  readonly constraints: string[];
  /** What the constraints say, said without them. */
  readonly holds: (combination: Combination) => boolean;
}

/** At most a few hundred combinations of three numbers and something else. */
export function smallSpace(): fc.Arbitrary<SmallSpace> {
  const few = ordered(fc.integer({ min: 1, max: 5 }));
  const int = few.map((both) => ({ type: 'int', scale: 'linear', ...both }) as const);
  return fc
    .record({ a: int, b: int, c: int, limit: fc.integer({ min: 0, max: 12 }), odd: fc.boolean(), more: fc.boolean() })
    .map(({ a, b, c, limit, odd, more }) => ({
      parameters: {
        a,
        ...(more ? { word: { type: 'choice', values: ['x', 1, true] } as const } : {}),
        b,
        c,
      },
      constraints: [`a + b * c <= ${limit}`, ...(odd ? ['a % 2 == 1 or b > c'] : [])],
      holds: (combination) => {
        const [x, y, z] = ['a', 'b', 'c'].map((name) => Number(combination[name])) as [number, number, number];
        return x + y * z <= limit && (!odd || x % 2 === 1 || y > z);
      },
    }));
}
