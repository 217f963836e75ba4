/** Parsers of option values for commander: each refuses with what was expected. */
import { InvalidArgumentError } from 'commander';

export function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > 65535) throw new InvalidArgumentError('must be a port number, 1 to 65535.');
  return port;
}

export function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('must be a whole number above 0.');
}

const UNITS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** `90s`, `30m`, `6h`, `1d` in milliseconds. */
export function duration(text: string): number {
  const [, amount, unit] = /^([1-9]\d{0,5})(s|m|h|d)$/.exec(text) ?? [];
  if (amount && unit) return Number(amount) * UNITS[unit as keyof typeof UNITS];
  throw new InvalidArgumentError("must be a number with s, m, h or d, such as '6h'.");
}

/** A list with commas, of which each item must be one of `known`. */
export function listOf<T extends string>(known: readonly T[]): (text: string) => T[] {
  return (text) => {
    const items = text.split(',').map((item) => item.trim());
    const unknown = items.find((item) => !(known as readonly string[]).includes(item));
    if (unknown !== undefined) throw new InvalidArgumentError(`'${unknown}' is none of ${known.join(', ')}.`);
    return items as T[];
  };
}
