import { planSchema, taskInputSchema, validationSchema, type Validation } from '../../contracts/http/tasks.js';
import { parse } from 'yaml';
import { z } from 'zod';
import { resultsFromFolder } from '../../client/index.js';
import { warningsFor } from '../../domain/guide/index.js';
import { countAllowed, createSearchSpace } from '../../domain/space/search-space.js';
import type { TuningTask } from '../../domain/task/task.schema.js';
import { planTask } from '../../planning/plan-task.js';
import { gatherReuse } from '../../platform/earlier-runs/gather.js';
import { earlierRunsOf } from '../../platform/earlier-runs/index.js';
import { TaskFileError } from '../../platform/task-file.js';
import type { ApiContext } from '../context.js';
import { endpoint, type Endpoint } from '../endpoint.js';
import { issuesOf } from '../problem.js';
import { readTask, yamlOf, type TaskInput } from '../task-input.js';

const body = z.strictObject(taskInputSchema);

/** Task files, before anything runs. */
export function taskRoutes({ options: { environment } }: ApiContext): Endpoint[] {
  return [
    endpoint({
      method: 'POST',
      path: '/api/v1/tasks/validate',
      access: 'read',
      tag: 'tasks',
      summary: 'Check a task: all of its errors at once, and what it means with every default.',
      body,
      answer: validationSchema,
      handle: async ({ body: input }) => validate(input),
    }),
    endpoint({
      method: 'POST',
      path: '/api/v1/tasks/plan',
      access: 'read',
      tag: 'tasks',
      summary: 'What a task would do, what it may take and cost; nothing is started.',
      body,
      answer: planSchema,
      handle: async ({ body: input }) =>
        planTask(readTask(input).task, {
          lastRun: (taskName) => resultsFromFolder(taskName, environment.resultsDir),
          reuse: (task) => gatherReuse(task, earlierRunsOf(environment), ''),
        }),
    }),
  ];
}

function validate(input: TaskInput): Validation {
  const { source } = input;
  try {
    const { file, task } = readTask(input);
    return {
      valid: true,
      issues: [],
      file: { ...file },
      task: { ...task },
      yaml: source ?? yamlOf(file),
      warnings: warningsFor(task),
      space: spaceOf(task),
    };
  } catch (error) {
    if (!(error instanceof TaskFileError)) throw error;
    const file = input.task ?? objectIn(source ?? '');
    return {
      valid: false,
      issues: issuesOf(error),
      file,
      task: null,
      yaml: source ?? yamlOf(file ?? {}),
      warnings: [],
      space: null,
    };
  }
}

function spaceOf(task: TuningTask): Validation['space'] {
  const space = createSearchSpace(task);
  const { allowed, exact } = countAllowed(space);
  return { size: space.size, allowed, exact, experiments: Math.min(allowed, task.optimization.max_iterations) };
}

/** What is wrong may still be an object, which a form can show. */
function objectIn(source: string): Record<string, unknown> | null {
  // Whatever is deep or full of aliases was refused before, for a reason.
  if (source.length > 100_000 || /[&*][\w-]/.test(source) || /(?:[[{]\s*){50}|(?:[-?:][ \t]+){50}/.test(source))
    return null;
  try {
    const value: unknown = parse(source, { maxAliasCount: 0, logLevel: 'silent' });
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    return JSON.parse(JSON.stringify(value)) as Record<string, unknown>;
  } catch {
    return null;
  }
}
