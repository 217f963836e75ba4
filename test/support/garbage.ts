/** What comes back from the world when it is not as it should be. */
import fc from 'fast-check';

const STRANGE = [
  ...[null, true, '', [], {}, [[[]]], [null], { constructor: {} }, 'constructor', '__proto__', 'toString'],
  ...[0, -1, 0.5, 1e308, -1e308, 2 ** 53, 5e-324, 'NaN', 'Infinity', '\u0000\u001b[31m', '\ud800'],
  ...['2026-13-45T99:99:99Z', '+275760-09-13T00:00:00Z', '-000001-01-01T00:00:00Z', '9999-12-31T23:59:59Z'],
  'x'.repeat(10_000),
] as const;

/** Any JSON value, and often one that tends to be forgotten. */
export const strange: fc.Arbitrary<unknown> = fc.oneof(fc.constantFrom<unknown>(...STRANGE), fc.jsonValue());

type Path = readonly (string | number)[];

/** The template with up to four of its parts, large or small, replaced or missing. */
export function damaged(template: unknown): fc.Arbitrary<unknown> {
  const paths = pathsOf(template);
  const damage = fc.record({ at: fc.nat(paths.length - 1), put: fc.option(strange, { nil: undefined, freq: 5 }) });
  return fc
    .array(damage, { minLength: 1, maxLength: 4 })
    .map((all) => all.reduce((value, { at, put }) => replace(value, paths[at] as Path, put), template));
}

/** Bytes as a file may hold them: any, or the text cut off somewhere, or with one byte that is no UTF-8. */
export function damagedBytes(text: string): fc.Arbitrary<Buffer> {
  const whole = Buffer.from(text);
  return fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.nat(whole.length).map((length) => whole.subarray(0, length)),
    fc.nat(whole.length - 1).map((at) => Buffer.from(whole.map((byte, i) => (i === at ? 0xff : byte))))
  );
}

function pathsOf(value: unknown, path: Path = []): Path[] {
  const children = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [path, ...children.flatMap(([key, child]) => pathsOf(child, [...path, key]))];
}

function replace(value: unknown, [key, ...rest]: Path, put: unknown): unknown {
  if (key === undefined) return put;
  // An earlier damage may have taken the place away.
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return value;
  const child = replace((value as Record<string, unknown>)[key], rest, put);
  if (Array.isArray(value)) return value.map((item: unknown, i) => (String(i) === String(key) ? child : item));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, name === String(key) ? child : item]));
}
