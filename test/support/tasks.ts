import { parseTask } from '../../src/domain/task/parse-task.js';
import type { TaskFile, TuningTask } from '../../src/domain/task/task.schema.js';

const BASE = {
  task_name: 'test',
  backend: 'process',
  engine: 'llama.cpp',
  model: { name: 'm' },
  parameters: { tp_size: { type: 'choice', values: [1, 2, 4] } },
  optimization: {},
  benchmark: { model_name: 'm' },
} as const satisfies TaskFile;

/** A task file with these blocks; those of `benchmark` come in addition. */
export function taskFileOf({
  benchmark,
  ...more
}: Partial<Omit<TaskFile, 'benchmark'>> & { benchmark?: object } = {}): unknown {
  return { ...BASE, ...more, benchmark: { ...BASE.benchmark, ...benchmark } };
}

/** @throws Error with every issue of the task file. */
export function taskOf(...args: Parameters<typeof taskFileOf>): TuningTask {
  const parsed = parseTask(taskFileOf(...args));
  if ('task' in parsed) return parsed.task;
  throw new Error(JSON.stringify(parsed.issues));
}
