/** What the schema has refused, in the words of a task file. */
import { distance } from 'fastest-levenshtein';
import type { z } from 'zod';
import { looksSecret } from './secrets.js';
import { taskSchema } from './task.schema.js';
import type { TaskIssue } from './task-issue.js';

type Issue = z.core.$ZodIssue;

/** What is said of a value that is not shown. */
const SHOWN_AS: Partial<Record<string, string>> = { string: 'a text', number: 'a number', boolean: 'a boolean' };

/** @param value the whole task file. @param prefix where the issue's own path begins. */
export function explainIssue(issue: Issue, value: unknown, prefix: readonly PropertyKey[] = []): TaskIssue[] {
  const path = [...prefix, ...issue.path].map((part) => (typeof part === 'symbol' ? String(part) : part));
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: `unknown key${suggestion(key, knownKeys(path)) || elsewhere(key, path)}`,
      }));
    case 'invalid_union': {
      const meant = meantOption(issue, valueAt(value, path));
      if (meant) return meant.flatMap((inner) => explainIssue(inner, value, path));
      return [{ path, message: unionMessage(issue, valueAt(value, path), path) }];
    }
    case 'invalid_value': {
      const got = valueAt(value, path);
      const known = issue.values.map(String);
      const hint = typeof got === 'string' ? suggestion(got, known) : '';
      return [{ path, message: `must be one of ${known.join(', ')}, not ${show(path, got)}${hint}` }];
    }
    case 'invalid_type': {
      const got = valueAt(value, path);
      return [
        {
          path,
          message:
            got === undefined
              ? `is required (${issue.expected})`
              : `must be ${article(issue.expected)}, not ${show(path, got)}`,
        },
      ];
    }
    case 'invalid_key':
      return [{ path, message: issue.issues[0]?.message ?? 'is not a valid name' }];
    default:
      return [{ path, message: issue.message }];
  }
}

type UnionIssue = Extract<Issue, { code: 'invalid_union' }>;

/** What is wrong with a structure by the option that it looks like: one of whose keys it has no unknown ones, then the one with the least to mend. */
function meantOption({ errors }: UnionIssue, got: unknown): readonly Issue[] | null {
  if (typeof got !== 'object' || got === null) return null;
  const isOther = (issue: Issue): boolean =>
    issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
  const strangers = (issues: readonly Issue[]): number =>
    issues.filter(({ code, path }) => code === 'unrecognized_keys' && path.length === 0).length;
  const options = errors.filter((issues) => issues.length > 0 && !issues.some(isOther));
  const [best] = [...options].sort((a, b) => strangers(a) - strangers(b) || a.length - b.length);
  return best ?? null;
}

function unionMessage(issue: UnionIssue, got: unknown, path: readonly PropertyKey[]): string {
  const values = issue.errors
    .flat()
    .flatMap((inner) => (inner.code === 'invalid_value' ? inner.values.map(String) : []));
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options.map(String) : values;
  const hint = typeof got === 'string' ? suggestion(got, options) : '';
  if (options.length > 0) return `must be one of ${options.join(', ')}, not ${show(path, got)}${hint}`;
  return `cannot be ${show(path, got)}`;
}

function suggestion(word: string, known: readonly string[]): string {
  const nearest = known
    .map((name) => ({ name, far: distance(word.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.far - b.far)[0];
  return nearest && nearest.far <= Math.max(2, Math.floor(nearest.name.length / 3))
    ? `; did you mean '${nearest.name}'?`
    : '';
}

/** The keys the schema knows at a path: taken from the schema itself, so that there is no second list. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  let schema: unknown = taskSchema;
  for (const part of path) schema = shapeOf(schema)?.[String(part)] ?? elementOf(schema);
  return Object.keys(shapeOf(schema) ?? {});
}

/** A key that is right and in the wrong place: at the top, or in the first block that has it. */
function elsewhere(key: string, path: readonly PropertyKey[]): string {
  const isIn = (block: string): boolean => knownKeys([block]).includes(key);
  if (path.length > 0 && knownKeys([]).includes(key)) return '; it belongs at the top of the file';
  const block = Object.keys(shapeOf(taskSchema) ?? {}).find(isIn);
  return block === undefined ? '' : `; it belongs into '${block}'`;
}

function unwrap(schema: unknown): Record<string, unknown> | undefined {
  let current = (schema as { def?: Record<string, unknown> } | undefined)?.def;
  while (current && 'innerType' in current) current = (current['innerType'] as { def: Record<string, unknown> }).def;
  return current;
}

function shapeOf(schema: unknown): Record<string, unknown> | undefined {
  const def = unwrap(schema);
  if (def?.['options'])
    return Object.assign({}, ...(def['options'] as unknown[]).map((option) => shapeOf(option) ?? {})) as Record<
      string,
      unknown
    >;
  return def?.['shape'] as Record<string, unknown> | undefined;
}

function elementOf(schema: unknown): unknown {
  const def = unwrap(schema);
  return def?.['valueType'] ?? def?.['element'];
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (current, part) =>
      typeof current === 'object' && current !== null ? (current as Record<PropertyKey, unknown>)[part] : undefined,
    value
  );
}

/** A message is kept where a secret must not be: what stands under a name like `token`, and all but numbers in an environment. */
function mayShow(path: readonly PropertyKey[], value: unknown): boolean {
  if (path.some((part) => typeof part === 'string' && looksSecret(part))) return false;
  return !path.includes('environment') || typeof value === 'number' || typeof value === 'boolean';
}

function show(path: readonly PropertyKey[], value: unknown): string {
  if (!mayShow(path, value) && value !== undefined) return SHOWN_AS[typeof value] ?? 'a structure';
  const text = value === undefined ? 'nothing' : asJson(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** A value that holds itself, or is nested more deeply than the stack is, must not stop the one message that tells of it. */
function asJson(value: unknown): string {
  try {
    return JSON.stringify(value) ?? `a ${typeof value}`;
  } catch {
    return 'something that is no JSON';
  }
}

function article(noun: string): string {
  return `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;
}
