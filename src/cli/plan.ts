import { Command } from 'commander';
import { experimentSeconds } from '../contracts/policies.js';
import { engineArguments } from '../backends/engine-command.js';
import { describeCombination, type Combination } from '../domain/combination.js';
import { describeLoad, loadsOf } from '../domain/measurement.js';
import { countAllowed, createSearchSpace, type SearchSpace } from '../domain/search-space.js';
import { shellQuote } from '../domain/shell-quote.js';
import type { TuningTask } from '../domain/task.schema.js';
import { learns } from '../domain/strategy.js';
import { createOptimizers } from '../optimizers/index.js';
import { readEnvironment } from '../platform/environment.js';
import { loadTaskFile } from '../platform/task-file.js';
import { ExitCode } from './exit-codes.js';
import { command } from './lib/errors.js';
import { formatDuration } from './lib/format.js';
import { resultsFromFolder } from './lib/load-results.js';

/** Executables as people know them: the plan is made without looking at the machine that will run it. */
const PROGRAMS = { 'llama.cpp': 'llama-server', sglang: 'python3', vllm: 'vllm' } as const;

/** `autotuner plan FILE`: what a tune would do. */
export function planCommand(): Command {
  return new Command('plan')
    .description('Show what a task would do: combinations, loads, duration, the first engine command. Needs no server.')
    .argument('<file>', 'task file')
    .addHelpText('after', '\nExample:\n  autotuner plan examples/local_task.json')
    .action(
      command(async (file: string) => {
        console.log(await describePlan(file));
        return ExitCode.ok;
      })
    );
}

/** From the last run of the same task where there is one: nothing else knows how long this engine takes on this machine. */
async function describeDuration(task: TuningTask, experiments: number): Promise<string> {
  const { parallelism } = task.optimization;
  const most = formatDuration((experiments * experimentSeconds(task)) / parallelism);
  const last = await resultsFromFolder(task.task_name, readEnvironment().resultsDir);
  // The time of a retry is not that of all the experiments in its results.
  if (!last || last.total_experiments === 0 || last.ran.retry_of)
    return `at most ${most}, if every experiment uses up its time limits`;
  const seconds = last.elapsed_time / last.total_experiments;
  return `about ${formatDuration(seconds * experiments)}: ${formatDuration(seconds)} per experiment in the last run; at most ${most}`;
}

/** What is tried first; of a strategy that learns any combination, since its model is not asked for a plan. */
async function firstCombination({ optimization }: TuningTask, space: SearchSpace): Promise<Combination | undefined> {
  const { strategy, seed, max_iterations: budget } = optimization;
  const optimizers = createOptimizers({ ask: () => Promise.reject(new Error('a plan asks no model')) });
  const optimizer = optimizers[learns(strategy) ? 'random' : strategy];
  const request = { space, cursor: 0, count: 1, seed, budget, observations: [], pending: [] };
  return (await optimizer.suggest(request)).combinations[0];
}

async function describePlan(file: string): Promise<string> {
  const { task } = await loadTaskFile(file);
  const space = createSearchSpace(task);
  const { allowed, pruned, exact } = countAllowed(space);
  const about = exact ? '' : 'about ';
  const experiments = Math.min(allowed, task.optimization.max_iterations);
  const loads = loadsOf(task.benchmark);
  const { strategy, parallelism } = task.optimization;
  const first = await firstCombination(task, space);
  const lines = [
    `task          ${task.task_name}`,
    `combinations  ${space.size}, of which the constraints prune ${about}${pruned}`,
    `experiments   ${experiments} (${strategy}, up to ${parallelism} at once; one engine per device and one benchmark per host)`,
    `loads         ${loads.length} per experiment: ${loads.map(describeLoad).join(', ')}`,
    `duration      ${await describeDuration(task, experiments)}`,
  ];
  if (first) {
    const program = typeof task.engine === 'string' ? PROGRAMS[task.engine] : task.engine.command[0];
    const args = engineArguments(task, first, {
      model: task.model.path ?? task.model.name,
      alias: task.benchmark.model_name,
      host: '127.0.0.1',
      port: 'PORT',
      apiKeyFile: 'KEY_FILE',
    });
    lines.push(
      `${learns(strategy) ? 'for example' : 'first      '}   ${describeCombination(first)}`,
      `command       ${shellQuote([program ?? '', ...args])}`
    );
  }
  return lines.join('\n');
}
