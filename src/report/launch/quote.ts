/** Command lines with something to replace in them. */
import { shellQuote } from '../../domain/shell-quote.js';
import { MODEL } from './setup.js';

/** One argument for a POSIX shell: text stays text; the model is `"$MODEL"`, also in the middle of a word. */
export function quoteWord(word: string, model = '"$MODEL"'): string {
  if (!word.includes(MODEL)) return word === '' ? "''" : shellQuote([word]);
  return word
    .split(MODEL)
    .map((part) => (part === '' ? '' : shellQuote([part])))
    .join(model);
}

/** Words on several lines, a flag with its value on each. */
export function lines(words: readonly string[]): string {
  const grouped: string[] = [];
  for (const word of words) {
    const last = grouped.at(-1);
    // A value stands beside its flag.
    if (last !== undefined && /^-\S*$/.test(last) && !word.startsWith('-'))
      grouped[grouped.length - 1] = `${last} ${word}`;
    else grouped.push(word);
  }
  return grouped.join(' \\\n  ');
}
