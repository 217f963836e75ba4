import type { TaskFile } from '../../domain/task.schema.js';

/** The flag of `run` and `submit`, named as the prototype's. */
export const DIRECT = [
  '--direct',
  "make the load on the worker's host, whatever the task says (benchmark.runner: genai-bench)",
  false,
] as const;

/** The task with the load made on the worker's host, if the flag asks for that. */
export function withDirect(file: TaskFile, direct: boolean): TaskFile {
  return direct ? { ...file, benchmark: { ...file.benchmark, runner: 'genai-bench' } } : file;
}
