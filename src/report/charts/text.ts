/** Words of charts. */

/** Longer names would leave no room for the picture. */
const LONGEST = 48;

/**
 * A name or value of a task on one line, shortened, without characters that steer a terminal or the direction of text. It is text: who
 * puts it into a page has to escape it.
 */
export function plain(text: string, longest = LONGEST): string {
  const line = text
    // Half a character is none that a file could hold.
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]+/gu, ' ')
    .trim();
  const letters = [...line];
  return letters.length > longest ? `${letters.slice(0, longest - 1).join('')}…` : line;
}

/** `1 experiment`, `3 experiments`. */
export function count(number: number, one: string, several = `${one}s`): string {
  return `${number} ${number === 1 ? one : several}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

export function percent(share: number, digits = 0): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** Sentences, one after the other; what is empty is left out. */
export function sentences(...parts: readonly (string | false | null | undefined)[]): string {
  return parts.filter(Boolean).join(' ');
}

/** Enough digits for a picture. */
export function digits(value: number): number {
  return Number(value.toPrecision(5));
}

/** As a sentence begins. */
export function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
