import { stringify } from 'yaml';
import { parseTask } from '../domain/task/parse-task.js';
import type { TaskFile } from '../domain/task/task.schema.js';
import { parseTaskText, TaskFileError, type LoadedTask } from '../platform/task-file.js';
import { ApiError } from './problem.js';

/** A task in a request: as text or as an object. */
export interface TaskInput {
  readonly source?: string | undefined;
  readonly task?: Record<string, unknown> | undefined;
}

/** Names the text in messages. */
const NAME = 'task.yaml';

/** @throws TaskFileError with every error; ApiError where there is neither text nor object, or both. */
export function readTask({ source, task }: TaskInput): LoadedTask {
  if ((source === undefined) === (task === undefined))
    throw new ApiError('invalid-request', 'Give the task either as `source` or as `task`.');
  if (source !== undefined) return parseTaskText(source, NAME);
  const parsed = parseTask(task);
  if ('issues' in parsed) throw new TaskFileError(NAME, parsed.issues);
  return { file: task as unknown as TaskFile, task: parsed.task };
}

/** As a person would write it. */
export function yamlOf(task: object): string {
  return stringify(task, { lineWidth: 120, aliasDuplicateObjects: false });
}
