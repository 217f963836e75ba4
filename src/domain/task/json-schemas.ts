import { z } from 'zod';
import { taskSchema } from './task.schema.js';
import { resultsSchema } from '../results/tune-result.js';

/** The published JSON Schemas (draft 2020-12), by file name: made from the zod schemas, so that they cannot disagree. */
export function jsonSchemas(): Record<string, object> {
  return {
    'task.schema.json': {
      title: 'inference-autotuner task file',
      // What a user writes: fields with a default may be left out.
      ...z.toJSONSchema(taskSchema, { io: 'input' }),
    },
    'results.schema.json': { title: 'inference-autotuner results file', ...z.toJSONSchema(resultsSchema) },
  };
}
