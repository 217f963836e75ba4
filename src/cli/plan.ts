import { Command } from 'commander';
import { engineArguments } from '../backends/engine-command.js';
import { describeCombination } from '../domain/combination.js';
import { describeLoad, loadsOf } from '../domain/measurement.js';
import { countAllowed, createSearchSpace } from '../domain/search-space.js';
import { shellQuote } from '../domain/shell-quote.js';
import { OPTIMIZERS } from '../optimizers/index.js';
import { loadTaskFile, TaskFileError } from '../platform/task-file.js';
import { ExitCode } from './exit-codes.js';

/** Executables as people know them: the plan is made without looking at the machine that will run it. */
const PROGRAMS = { 'llama.cpp': 'llama-server', sglang: 'python3', vllm: 'vllm' } as const;

/** `autotuner plan FILE`: what a tune would do. */
export function planCommand(): Command {
  return new Command('plan')
    .description(
      'Show what a task would do: combinations, loads, the longest it can take, the first engine command. Needs no server.'
    )
    .argument('<file>', 'task file')
    .addHelpText('after', '\nExample:\n  autotuner plan examples/local_task.json')
    .action(async (file: string) => {
      try {
        console.log(await describePlan(file));
      } catch (error) {
        if (!(error instanceof TaskFileError)) throw error;
        console.error(error.message);
        process.exitCode = ExitCode.usage;
      }
    });
}

async function describePlan(file: string): Promise<string> {
  const { task } = await loadTaskFile(file);
  const space = createSearchSpace(task);
  const { allowed, pruned, exact } = countAllowed(space);
  const about = exact ? '' : 'about ';
  const experiments = Math.min(allowed, task.optimization.max_iterations);
  const loads = loadsOf(task.benchmark);
  const { strategy, seed, parallelism } = task.optimization;
  const [first] = OPTIMIZERS[strategy].suggest({ space, cursor: 0, count: 1, seed }).combinations;
  const lines = [
    `task          ${task.task_name}`,
    `combinations  ${space.size}, of which the constraints prune ${about}${pruned}`,
    `experiments   ${experiments} (${strategy}, up to ${parallelism} at once; one engine per device and one benchmark per host)`,
    `loads         ${loads.length} per experiment: ${loads.map(describeLoad).join(', ')}`,
    `measuring     at most ${experiments * loads.length * task.benchmark.max_time_per_iteration} minutes, without engine starts`,
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
    lines.push(`first         ${describeCombination(first)}`, `command       ${shellQuote([program ?? '', ...args])}`);
  }
  return lines.join('\n');
}
