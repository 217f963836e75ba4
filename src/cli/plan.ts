import { Command } from 'commander';
import { resultsFromFolder } from '../client/results-of.js';
import { planTask } from '../planning/plan-task.js';
import { gatherReuse } from '../platform/earlier-runs/gather.js';
import { earlierRunsOf } from '../platform/earlier-runs/index.js';
import { readEnvironment } from '../platform/environment.js';
import { loadTaskFile } from '../platform/task-file.js';
import { ExitCode } from './exit-codes.js';
import { command } from './lib/errors.js';
import { oneLine } from './lib/format.js';

/** As wide as the longest label, and two spaces. */
const LABEL_WIDTH = 14;

/** `autotuner plan FILE`: what a tune would do. */
export function planCommand(): Command {
  return new Command('plan')
    .description('Show what a task would do: combinations, loads, duration, the first engine command. Needs no server.')
    .argument('<file>', 'task file')
    .addHelpText('after', '\nExample:\n  autotuner plan examples/local_task.json')
    .action(
      command(async (file: string) => {
        const environment = readEnvironment();
        const { lines } = await planTask((await loadTaskFile(file)).task, {
          lastRun: (taskName) => resultsFromFolder(taskName, environment.resultsDir),
          reuse: (task) => gatherReuse(task, earlierRunsOf(environment), ''),
        });
        for (const { label, text } of lines) console.log(`${label.padEnd(LABEL_WIDTH)}${oneLine(text)}`);
        return ExitCode.ok;
      })
    );
}
