import type { PreparedTask } from '../../contracts/activities.js';
import type { TuningTask } from '../../domain/task/task.schema.js';

/** The task alone, as a task file has it. */
export function plainTask({ encrypted, allowed, ...task }: PreparedTask): TuningTask {
  return task;
}
