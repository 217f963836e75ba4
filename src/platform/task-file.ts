/** Reading a task file: JSON or YAML, with the line and column of whatever is wrong. */
import { readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { isMap, isNode, isPair, isScalar, LineCounter, parseDocument, type Document } from 'yaml';
import { parseTask } from '../domain/task/parse-task.js';
import { describeIssue, type TaskIssue } from '../domain/task/task-issue.js';
import type { TaskFile, TuningTask } from '../domain/task/task.schema.js';

const MAX_BYTES = 1024 * 1024;
/** A YAML file that expands its aliases more often than this is an attack (a "billion laughs"), not a task. */
const MAX_ALIASES = 100;
const MAX_DEPTH = 500;
/** Block sequences and keys that begin on one line, as in `- - - x`. */
const COMPACT_LEVELS = new RegExp(`(?:[-?:][ \\t]+){${MAX_DEPTH}}`);

/** One thing that is wrong with a task file, with its place where it has one. */
export interface PlacedIssue extends TaskIssue {
  /** From 1. */
  readonly line?: number;
  readonly column?: number;
}

/** A task file that cannot be used: every error, each with its place in the file. */
export class TaskFileError extends Error {
  override readonly name = 'TaskFileError';
  /** One line per issue: `path/task.yaml:3:5: optimization.strategy: must be ...`. */
  readonly lines: readonly string[];

  constructor(
    readonly file: string,
    readonly issues: readonly PlacedIssue[]
  ) {
    const lines = issues.map((issue) => {
      const place = issue.line === undefined ? file : `${file}:${issue.line}:${issue.column}`;
      return `${place}: ${describeIssue(issue)}`;
    });
    super(lines.join('\n'));
    this.lines = lines;
  }
}

export interface LoadedTask {
  /** As written: what a workflow is started with. */
  readonly file: TaskFile;
  /** With every default. */
  readonly task: TuningTask;
}

/** @throws TaskFileError with one line per error: `path/task.yaml:3:5: optimization.strategy: must be ...`. */
export async function loadTaskFile(path: string): Promise<LoadedTask> {
  const refuse = (message: string): never => {
    throw new TaskFileError(path, [{ path: [], message }]);
  };
  const info = await stat(path).catch((error: NodeJS.ErrnoException) =>
    refuse(error.code === 'ENOENT' ? 'there is no such file' : error.message)
  );
  if (!info.isFile()) refuse('is not a file');
  if (info.size > MAX_BYTES) refuse(`is larger than ${MAX_BYTES} bytes`);
  return parseTaskText(await readFile(path, 'utf8'), path);
}

/** @param path names the file in messages; the ending `.json` asks for strict JSON. */
export function parseTaskText(text: string, path: string): LoadedTask {
  const lines = new LineCounter();
  checkDepth(text, path);
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  if (extname(path).toLowerCase() === '.json') checkJson(text, path, lines);
  if (document.errors.length > 0) {
    const issues = document.errors.map(({ pos, message }) => {
      const said = message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '') ?? '';
      return { path: [], message: said, ...at(pos[0]) };
    });
    throw new TaskFileError(path, issues);
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: MAX_ALIASES });
    // It goes to Temporal as JSON, which a value that holds itself is not.
    JSON.stringify(value);
  } catch (error) {
    throw new TaskFileError(path, [{ path: [], message: error instanceof Error ? error.message : String(error) }]);
  }
  const parsed = parseTask(value);
  if ('issues' in parsed) {
    throw new TaskFileError(
      path,
      parsed.issues.map((issue) => ({ ...issue, ...at(offsetOf(document, issue)) }))
    );
  }
  return { file: value as TaskFile, task: parsed.task };
}

/**
 * The parser calls itself for each level, and a stack that runs out within a regular expression ends the whole process: what is far
 * deeper than any task is not even given to it. By indentation alone a file of this size cannot get that deep.
 */
function checkDepth(text: string, path: string): void {
  let depth = 0;
  let deepest = COMPACT_LEVELS.test(text) ? Infinity : 0;
  for (const character of text) {
    if (character === '[' || character === '{') deepest = Math.max(deepest, ++depth);
    else if ((character === ']' || character === '}') && depth > 0) depth--;
  }
  if (deepest > MAX_DEPTH)
    throw new TaskFileError(path, [{ path: [], message: `is nested deeper than ${MAX_DEPTH} levels` }]);
}

/** Refuses what YAML would accept but JSON does not. */
function checkJson(text: string, path: string, lines: LineCounter): void {
  try {
    JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const position = /position (\d+)/.exec(message)?.[1];
    const { line, col } = lines.linePos(position === undefined ? text.length : Number(position));
    const said = `not valid JSON: ${message.replace(/ in JSON at position \d+.*$/, '')}`;
    throw new TaskFileError(path, [{ path: [], message: said, line, column: col }]);
  }
}

/** Where an issue is in the file: its key if it has one, else its value, else the nearest thing around it. */
function offsetOf(document: Document, issue: TaskIssue): number {
  for (let depth = issue.path.length; depth >= 0; depth--) {
    const parent = depth > 0 ? document.getIn(issue.path.slice(0, depth - 1), true) : undefined;
    const container = depth === 1 ? document.contents : parent;
    if (isMap(container)) {
      const key = issue.path[depth - 1];
      const pair = container.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key);
      if (pair && isScalar(pair.key) && pair.key.range) return pair.key.range[0];
    }
    const node = document.getIn(issue.path.slice(0, depth), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
