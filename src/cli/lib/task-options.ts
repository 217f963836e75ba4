/** Options of `run` and `submit` that change the task. */
import type { TaskFile } from '../../domain/task/task.schema.js';
import { wholeNumber } from './options.js';

/** Named as the prototype's. */
export const DIRECT = [
  '--direct',
  "make the load on the worker's host, whatever the task says (benchmark.runner: genai-bench)",
  false,
] as const;

export const STARTS = [
  '--aa <starts>',
  'A/A: only measure the baseline, so many times, each on a fresh start, and tell the noise',
  wholeNumber,
] as const;

export const NO_REUSE = ['--no-reuse', 'search as if there were no earlier tunes (optimization.reuse: false)'] as const;

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
    ...(direct ? { benchmark: { ...file.benchmark, runner: 'genai-bench' } } : {}),
    ...(reuse ? {} : { optimization: { ...file.optimization, reuse } }),
  };
  if (aa === undefined) return loaded;
  return { ...loaded, aa, task_name: `${file.task_name.slice(0, LONGEST_NAME - 3)}-aa` };
}
