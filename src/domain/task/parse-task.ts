/** From an unknown value to a completed task, or to every error at once. */
import { distance } from 'fastest-levenshtein';
import type { z } from 'zod';
import { checkBudget } from './check-budget.js';
import { checkLoad } from './check-load.js';
import { checkScoring } from './check-scoring.js';
import { ExpressionError, parseExpression } from '../space/expression.js';
import { createSearchSpace } from '../space/search-space.js';
import { looksSecret } from './secrets.js';
import { taskSchema, type TuningTask } from './task.schema.js';
import type { TaskIssue } from './task-issue.js';
import { tryConstraint } from './try-constraint.js';

export type ParsedTask = { readonly task: TuningTask } | { readonly issues: readonly TaskIssue[] };

export function parseTask(value: unknown): ParsedTask {
  const parsed = taskSchema.safeParse(value);
  if (!parsed.success) return { issues: parsed.error.issues.flatMap((issue) => explain(issue, value)) };
  const task = withDefaults(parsed.data);
  const issues = checkMeaning(task);
  return issues.length > 0 ? { issues } : { task };
}

/** The defaults that depend on another field. Who names a seed wants the same search again, whatever was learned meanwhile. */
function withDefaults({ optimization, benchmark, ...task }: z.output<typeof taskSchema>): TuningTask {
  const isOpen = benchmark.request_rate !== undefined || benchmark.trace !== undefined;
  const closed = task.backend === 'ome' ? 'ome-benchmark-job' : 'genai-bench';
  const runner = benchmark.runner ?? (isOpen ? 'aiperf' : closed);
  const concurrency = benchmark.num_concurrency ?? (isOpen ? undefined : [1]);
  const { seed = 0, reuse = optimization.seed === undefined } = optimization;
  const levels = concurrency ? { num_concurrency: concurrency } : {};
  return { ...task, optimization: { ...optimization, seed, reuse }, benchmark: { ...benchmark, ...levels, runner } };
}

function checkMeaning(task: TuningTask): TaskIssue[] {
  const issues: TaskIssue[] = [];
  const names = Object.keys(task.parameters);
  task.constraints.forEach((source, i) => {
    try {
      tryConstraint(parseExpression(source, names), task.parameters);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      issues.push({
        path: ['constraints', i],
        message: `${error.message} (at character ${error.at + 1} of '${source}')`,
      });
    }
  });
  try {
    createSearchSpace({ parameters: task.parameters, constraints: [] });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    issues.push({ path: ['parameters'], message: error.message });
  }
  if (task.aa !== undefined && task.baseline === false) {
    issues.push({ path: ['aa'], message: 'measures the baseline, which baseline: false switches off' });
  }
  if (task.backend === 'ome' && task.base_runtime === undefined) {
    issues.push({
      path: ['base_runtime'],
      message: "is needed by the backend 'ome' (set backend to 'process' to run locally)",
    });
  }
  if (task.backend === 'docker' && task.docker === undefined) {
    issues.push({ path: ['docker'], message: "is needed by the backend 'docker': {image: 'name:tag'} at least" });
  }
  if (task.benchmark.runner === 'ome-benchmark-job' && task.backend !== 'ome') {
    issues.push({ path: ['benchmark', 'runner'], message: `needs the backend 'ome', not '${task.backend}'` });
  }
  return [...issues, ...checkLoad(task), ...checkScoring(task), ...checkBudget(task)];
}

type Issue = z.core.$ZodIssue;

/** What is said of a value that is not shown. */
const SHOWN_AS: Partial<Record<string, string>> = { string: 'a text', number: 'a number', boolean: 'a boolean' };

function explain(issue: Issue, value: unknown, prefix: readonly PropertyKey[] = []): TaskIssue[] {
  const path = [...prefix, ...issue.path].map((part) => (typeof part === 'symbol' ? String(part) : part));
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: `unknown key${suggestion(key, knownKeys(path))}`,
      }));
    case 'invalid_union': {
      const meant = meantOption(issue, valueAt(value, path));
      if (meant) return meant.flatMap((inner) => explain(inner, value, path));
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
