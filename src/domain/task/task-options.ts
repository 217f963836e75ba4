/** What may be asked of a task at its start without changing its file. */
import type { TaskFile } from './task.schema.js';

export interface TaskOptions {
  readonly direct: boolean;
  readonly aa?: number;
  /** False with `--no-reuse`. */
  readonly reuse: boolean;
}

/** A task name has at most so many characters. */
const LONGEST_NAME = 63;

/** The task as the options want it. An A/A tune has a name of its own, so that its results stand beside those of the task. */
export function withOptions(file: TaskFile, { direct, aa, reuse }: TaskOptions): TaskFile {
  // Requests at a rate are made on the worker's host in any case, by aiperf.
  const { request_rate: rate, trace, runner } = file.benchmark;
  const isDirect = rate !== undefined || trace !== undefined || runner === 'aiperf';
  const loaded: TaskFile = {
    ...file,
    ...(direct && !isDirect ? { benchmark: { ...file.benchmark, runner: 'genai-bench' } } : {}),
    ...(reuse ? {} : { optimization: { ...file.optimization, reuse } }),
  };
  if (aa === undefined) return loaded;
  return { ...loaded, aa, task_name: `${file.task_name.slice(0, LONGEST_NAME - 3)}-aa` };
}
