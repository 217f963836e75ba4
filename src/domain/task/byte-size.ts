const POWERS = ['', 'k', 'm', 'g', 't'];
const SIZE = /^(\d{1,15}(?:\.\d{1,6})?)\s?([kmgt]?)(?:i?b)?$/i;

/** Whether a text is an amount of memory as Docker writes it: `32g`, `512m`, `1.5 GiB`. */
export function isByteSize(text: string): boolean {
  return SIZE.test(text);
}

/** Its bytes; `g` and `GiB` are the same, as for Docker. @throws RangeError when it is none. */
export function bytesOf(text: string): number {
  const [, amount, unit] = SIZE.exec(text) ?? [];
  if (amount === undefined || unit === undefined) throw new RangeError(`'${text}' is no amount of memory`);
  return Math.round(Number(amount) * 1024 ** POWERS.indexOf(unit.toLowerCase()));
}
