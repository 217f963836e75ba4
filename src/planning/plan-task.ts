import { experimentSeconds } from '../contracts/policies.js';
import type { Plan } from '../contracts/http/tasks.js';
import { planOf } from '../domain/budget/tune-plan.js';
import { describeAmounts } from '../domain/budget/words.js';
import { warningsFor } from '../domain/guide/index.js';
import { describeLoad, loadsOf } from '../domain/loads/load.js';
import { mostMeasured } from '../domain/loads/load-plan.js';
import type { ResultsFile } from '../domain/results/tune-result.js';
import { reuseLines } from '../domain/reuse/report.js';
import type { Reuse } from '../domain/reuse/reuse.js';
import { wantsReuse } from '../domain/reuse/wants-reuse.js';
import { describeScoring, scoringOf } from '../domain/scoring/objective.js';
import { describeSlo, slosOf } from '../domain/scoring/slo.js';
import { shellQuote } from '../domain/shell-quote.js';
import { describeCombination, type Combination } from '../domain/space/combination.js';
import { countAllowed, createSearchSpace, type SearchSpace } from '../domain/space/search-space.js';
import { learns } from '../domain/space/strategy.js';
import type { TuningTask } from '../domain/task/task.schema.js';
import { createOptimizers } from '../optimizers/index.js';
import { engineCommandOf } from './engine-command-of.js';
import { forecastPlan } from './forecast-plan.js';
import { describeFinals, describeLoads, finalsOf } from './words.js';

/** What a plan is made of besides the task. */
export interface PlanSources {
  /** The results of the last run of the same task; nothing else knows how long this engine takes on this machine. */
  lastRun(taskName: string): Promise<ResultsFile | null>;
  /** What earlier tunes have learned; asked only where the task would use it. */
  reuse(task: TuningTask): Promise<Reuse>;
}

/** What a tune of this task would do: as numbers, and as the lines that `autotuner plan` prints. Nothing is started. */
export async function planTask(task: TuningTask, sources: PlanSources): Promise<Plan> {
  const space = createSearchSpace(task);
  const { allowed, pruned, exact } = countAllowed(space);
  const { strategy, parallelism, max_iterations } = task.optimization;
  const searched = Math.min(allowed, max_iterations);
  const [least, most] = finalsOf(task, searched);
  const plan = planOf(task, { longestSeconds: experimentSeconds(task), allowed });
  const wanted = { ...{ plan, task, allowed }, last: await sources.lastRun(task.task_name) };
  const reuse = wantsReuse(task) ? reuseLines(await sources.reuse(task)) : [];
  const parts: Omit<Plan, 'lines'> = {
    taskName: task.task_name,
    combinations: {
      ...{ size: space.size, allowed, pruned, exact },
      words: `${space.size}, of which the constraints prune ${exact ? '' : 'about '}${pruned}`,
    },
    experiments: {
      ...{ most: searched, strategy, parallelism },
      words: `${searched} (${strategy}, up to ${parallelism} at once; one engine per device and one benchmark per host)`,
    },
    finals: { least, most, words: describeFinals(task, [least, most]) },
    loads: {
      starts: mostMeasured(task).starts,
      items: loadsOf(task.benchmark).map(describeLoad),
      words: describeLoads(task),
    },
    objective: describeScoring(scoringOf(task), loadsOf(task.benchmark).length),
    limits: slosOf(task).map(describeSlo),
    forecast: forecastPlan(wanted),
    budget: { ...plan.limits },
    currency: plan.currency,
    reuse,
    first: await firstOf(task, space),
    warnings: warningsFor(task),
  };
  return { ...parts, lines: linesOf(parts) };
}

type Line = Plan['lines'][number];

function linesOf(plan: Omit<Plan, 'lines'>): Line[] {
  const { forecast, first } = plan;
  const budget = describeAmounts(plan.budget, plan.currency);
  const under = (label: string, texts: readonly string[]): Line[] =>
    texts.map((text, i) => ({ label: i === 0 ? label : '', text }));
  return [
    { label: 'task', text: plan.taskName },
    { label: 'combinations', text: plan.combinations.words },
    { label: 'experiments', text: plan.experiments.words },
    { label: 'finals', text: plan.finals.words },
    { label: 'loads', text: plan.loads.words },
    { label: 'objective', text: plan.objective },
    ...under('limits', plan.limits),
    ...(forecast.lastRun ? [{ label: 'forecast', text: forecast.words[0] ?? '' }] : []),
    { label: 'duration', text: forecast.words.at(-1) ?? '' },
    ...(budget ? [{ label: 'budget', text: budget }] : []),
    ...under('reuses', plan.reuse),
    ...(first
      ? [
          { label: first.isExample ? 'for example' : 'first', text: describeCombination(first.combination) },
          { label: 'command', text: first.command },
        ]
      : []),
    ...plan.warnings.map(({ level, words }) => ({ label: level, text: words })),
  ];
}

async function firstOf(task: TuningTask, space: SearchSpace): Promise<Plan['first']> {
  const combination = await firstCombination(task, space);
  if (!combination) return null;
  return {
    combination: { ...combination },
    command: shellQuote(engineCommandOf(task, combination)),
    isExample: learns(task.optimization.strategy),
  };
}

/** What is tried first; of a strategy that learns any combination, since its model is not asked for a plan. */
async function firstCombination({ optimization }: TuningTask, space: SearchSpace): Promise<Combination | undefined> {
  const { strategy, seed, max_iterations: budget } = optimization;
  const optimizers = createOptimizers({ ask: () => Promise.reject(new Error('a plan asks no model')) });
  const optimizer = optimizers[learns(strategy) ? 'random' : strategy];
  const request = { space, cursor: 0, count: 1, seed, budget, observations: [], pending: [] };
  return (await optimizer.suggest(request)).combinations[0];
}
