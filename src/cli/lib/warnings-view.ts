import { warningsFor } from '../../domain/guide/index.js';
import type { TuningTask } from '../../domain/task/task.schema.js';
import { oneLine } from './format.js';

/** One line per warning of the guide: `caution  tp_size 3 works only where ...`. @param width of the first column. */
export function warningLines(task: TuningTask, width = 9): string[] {
  return warningsFor(task).map(({ level, words }) => oneLine(`${level.padEnd(width)}${words}`));
}
