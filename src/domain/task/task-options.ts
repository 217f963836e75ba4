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
  const loaded: TaskFile = {
    ...file,
    ...(direct ? { benchmark: directly(file.benchmark) } : {}),
    ...(reuse ? {} : { optimization: { ...file.optimization, reuse } }),
  };
  if (aa === undefined) return loaded;
  return { ...loaded, aa, task_name: `${file.task_name.slice(0, LONGEST_NAME - 3)}-aa` };
}

/** On the worker's host, where aiperf makes its load in any case. */
function directly(benchmark: TaskFile['benchmark']): TaskFile['benchmark'] {
  const { request_rate: rate, trace, runner } = benchmark;
  const isDirect = rate !== undefined || trace !== undefined || runner === 'aiperf';
  return isDirect ? benchmark : { ...benchmark, runner: 'genai-bench' };
}
