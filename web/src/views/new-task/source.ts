/**
 * The task being written: one text, which is the truth. The form reads from it and changes it in place, so that comments and fields that
 * the form does not show stay as they are.
 */
import { isMap, LineCounter, parseDocument, type Document } from 'yaml';

export type Path = readonly (string | number)[];

export interface Mark {
  readonly line: number;
  readonly message: string;
}

export interface Source {
  readonly text: string;
  /** What it says; empty while it is no YAML of an object. */
  readonly value: Readonly<Record<string, unknown>>;
  /** Why it is no YAML; the form cannot change it then. */
  readonly errors: readonly Mark[];
}

export function readSource(text: string): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'silent' });
  const errors = document.errors.map(({ message, pos }) => ({
    line: lines.linePos(pos[0]).line,
    message: (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, ''),
  }));
  if (errors.length === 0 && document.contents !== null && !isMap(document.contents))
    errors.push({ line: 1, message: 'A task is a list of fields: name, colon, value.' });
  return { text, errors, value: errors.length > 0 ? {} : toObject(document) };
}

function toObject(document: Document): Record<string, unknown> {
  try {
    // An alias that repeats itself without end is refused here.
    return (document.toJS({ maxAliasCount: 100 }) as Record<string, unknown> | null) ?? {};
  } catch {
    return {};
  }
}

export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<string | number, unknown>)[key] : undefined),
    value
  );
}

/** The text with another value there; undefined removes it, and what becomes empty by that. */
export function withValue(text: string, path: Path, value: unknown): string {
  const document = parseDocument(text, { logLevel: 'silent' });
  if (document.errors.length > 0) return text;
  if (!isMap(document.contents)) document.contents = document.createNode({}) as unknown as typeof document.contents;
  if (value === undefined) removeAt(document, path);
  else {
    // The first field of an empty `{}` would be written beside its brackets.
    for (let depth = 0; depth < path.length; depth++) {
      const node = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
      if (isMap(node) && node.items.length === 0) node.flow = false;
      if (depth > 0 && !isMap(node) && typeof path[depth] === 'string')
        document.setIn(path.slice(0, depth), document.createNode({}));
    }
    document.setIn(path, document.createNode(value, { flow: isShortList(value) }));
  }
  const isEmpty = isMap(document.contents) && document.contents.items.length === 0;
  return isEmpty ? '' : document.toString({ lineWidth: 110, flowCollectionPadding: true });
}

/** Lists of plain values read best on one line. */
function isShortList(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item !== 'object');
}

function removeAt(document: Document, path: Path): void {
  document.deleteIn(path);
  const above = path.slice(0, -1);
  const node = above.length > 0 ? document.getIn(above, true) : undefined;
  if (isMap(node) && node.items.length === 0) removeAt(document, above);
}
