/**
 * Secrets as a task may write them: references, never values. Where a value is looked up is in platform/secrets.ts; nothing in here
 * ever sees one.
 */

/** `env:NAME`, a variable of the worker, or `file:/path`, a file of its machine. */
export type SecretReference =
  { readonly kind: 'env'; readonly name: string } | { readonly kind: 'file'; readonly path: string };

/** Whether a text is meant as a reference; `file://` begins an address and is none. */
export function isReference(text: string): boolean {
  return /^(?:env:|file:(?!\/\/))/.test(text);
}

/** @returns null when the text is none, or names a file by anything but a plain absolute path. */
export function parseReference(text: string): SecretReference | null {
  const variable = /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(text)?.[1];
  if (variable !== undefined) return { kind: 'env', name: variable };
  const path = /^file:(\/[^\0\r\n]*)$/.exec(text)?.[1];
  if (
    path === undefined ||
    path
      .split('/')
      .slice(1)
      .some((part) => part === '' || part === '.' || part === '..')
  ) {
    return null;
  }
  return { kind: 'file', path };
}

/** These words name a secret wherever they stand. */
const ANYWHERE =
  /(?:^|_)(?:SECRETS?|PASSWORDS?|PASSWD|PASSPHRASE|CREDENTIALS?|AUTHORIZATION|APIKEYS?|(?:API|ACCESS|PRIVATE|CLIENT)_KEYS?)(?:_|$)/;
/** These only at the end: `TOKEN_BUDGET` is none. */
const AT_THE_END = /(?:^|_)(?:KEYS?|TOKEN)$/;
/** Where a secret is, as opposed to what it is. */
const PLACE = /_(?:FILE|PATH|DIR|FOLDER)$/;
/** Tokens of a vocabulary. */
const VOCABULARY = /(?:^|_)(?:BOS|EOS|PAD|UNK|SEP|CLS|MASK|STOP|START|END|IMAGE|AUDIO|VIDEO)_TOKEN$/;

/** Whether a variable, parameter or field of this name holds a secret, as far as its name tells. */
export function looksSecret(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toUpperCase();
  if (PLACE.test(words) || VOCABULARY.test(words)) return false;
  return ANYWHERE.test(words) || AT_THE_END.test(words);
}

/** Variables apart from those that are references. @param environment absent from a task that an older version has prepared. */
export function splitReferences(environment: Readonly<Record<string, string>> = {}): {
  texts: Record<string, string>;
  references: Record<string, string>;
} {
  const entries = Object.entries(environment);
  return {
    texts: Object.fromEntries(entries.filter(([, value]) => !isReference(value))),
    references: Object.fromEntries(entries.filter(([, value]) => isReference(value))),
  };
}
