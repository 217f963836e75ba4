/** From an unknown value to a completed task, or to every error at once. */
import type { z } from 'zod';
import { checkBudget } from './check-budget.js';
import { checkLoad } from './check-load.js';
import { checkScoring } from './check-scoring.js';
import { ExpressionError, parseExpression } from '../space/expression.js';
import { createSearchSpace } from '../space/search-space.js';
import { explainIssue } from './explain-issue.js';
import { taskSchema, type TuningTask } from './task.schema.js';
import type { TaskIssue } from './task-issue.js';
import { tryConstraint } from './try-constraint.js';

export type ParsedTask = { readonly task: TuningTask } | { readonly issues: readonly TaskIssue[] };

export function parseTask(value: unknown): ParsedTask {
  const parsed = taskSchema.safeParse(value);
  if (!parsed.success) return { issues: parsed.error.issues.flatMap((issue) => explainIssue(issue, value)) };
  const task = withDefaults(parsed.data);
  const issues = checkMeaning(task);
  return issues.length > 0 ? { issues } : { task };
}

/** The defaults that depend on another field. Who names a seed wants the same search again, whatever was learned meanwhile. */
function withDefaults({ optimization, benchmark, ...task }: z.output<typeof taskSchema>): TuningTask {
  const isOpen = benchmark.request_rate !== undefined || benchmark.trace !== undefined;
  const closed = task.backend === 'ome' ? 'ome-benchmark-job' : 'genai-bench';
  const runner = benchmark.runner ?? (isOpen ? 'aiperf' : closed);
  const concurrency = benchmark.num_concurrency ?? (isOpen ? undefined : [1]);
  const { seed = 0, reuse = optimization.seed === undefined } = optimization;
  const levels = concurrency ? { num_concurrency: concurrency } : {};
  return { ...task, optimization: { ...optimization, seed, reuse }, benchmark: { ...benchmark, ...levels, runner } };
}

function checkMeaning(task: TuningTask): TaskIssue[] {
  const issues: TaskIssue[] = [];
  const names = Object.keys(task.parameters);
  task.constraints.forEach((source, i) => {
    try {
      tryConstraint(parseExpression(source, names), task.parameters);
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      issues.push({
        path: ['constraints', i],
        message: `${error.message} (at character ${error.at + 1} of '${source}')`,
      });
    }
  });
  try {
    createSearchSpace({ parameters: task.parameters, constraints: [] });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    issues.push({ path: ['parameters'], message: error.message });
  }
  if (task.aa !== undefined && task.baseline === false) {
    issues.push({ path: ['aa'], message: 'measures the baseline, which baseline: false switches off' });
  }
  if (task.backend === 'ome' && task.base_runtime === undefined) {
    issues.push({
      path: ['base_runtime'],
      message: "is needed by the backend 'ome' (set backend to 'process' to run locally)",
    });
  }
  if (task.backend === 'docker' && task.docker === undefined) {
    issues.push({ path: ['docker'], message: "is needed by the backend 'docker': {image: 'name:tag'} at least" });
  }
  if (task.benchmark.runner === 'ome-benchmark-job' && task.backend !== 'ome') {
    issues.push({ path: ['benchmark', 'runner'], message: `needs the backend 'ome', not '${task.backend}'` });
  }
  return [...issues, ...checkLoad(task), ...checkScoring(task), ...checkBudget(task)];
}
