/** Budgets that nobody could count, and a stop that nobody could decide. */
import type { TaskIssue } from './task-issue.js';
import type { TuningTask } from './task.schema.js';

export function checkBudget({ budget, cost, optimization, aa }: TuningTask): TaskIssue[] {
  const issues: TaskIssue[] = [];
  const refuse = (path: TaskIssue['path'], message: string): void => void issues.push({ path, message });
  if (budget?.accelerator_hours !== undefined && !cost)
    refuse(['budget', 'accelerator_hours'], 'needs cost.accelerators, by which they are counted');
  if (budget?.money !== undefined && cost?.price_per_accelerator_hour === undefined)
    refuse(['budget', 'money'], 'needs cost.price_per_accelerator_hour, by which it is counted');
  const { stop_when: stopWhen, strategy } = optimization;
  if (stopWhen && strategy !== 'bayesian')
    refuse(
      ['optimization', 'stop_when'],
      `needs the strategy 'bayesian': '${strategy}' does not say what it expects of a suggestion`
    );
  if (stopWhen && aa !== undefined)
    refuse(['optimization', 'stop_when'], 'is not used with aa, which searches nothing');
  return issues;
}
