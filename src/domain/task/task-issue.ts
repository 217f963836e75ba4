/** One thing that is wrong with a task file. */
export interface TaskIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** `optimization.strategy: ...`, one line per issue. */
export function describeIssue({ path, message }: TaskIssue): string {
  return path.length > 0 ? `${formatPath(path)}: ${message}` : message;
}

export function formatPath(path: readonly (string | number)[]): string {
  return path.map((part, i) => (typeof part === 'number' ? `[${part}]` : i === 0 ? part : `.${part}`)).join('');
}
