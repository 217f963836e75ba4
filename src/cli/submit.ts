import { Command } from 'commander';
import { withOptions, type TaskOptions } from '../domain/task/task-options.js';
import { loadTaskFile } from '../platform/task-file.js';
import { ExitCode } from './exit-codes.js';
import { command } from './lib/errors.js';
import { DIRECT, NO_REUSE, STARTS } from './lib/task-options.js';
import { withTunes } from './lib/with-tunes.js';

/** `autotuner submit FILE`: starts a tune and returns. */
export function submitCommand(): Command {
  return new Command('submit')
    .description('Start a tune and return at once.')
    .argument('<file>', 'task file')
    .option(...DIRECT)
    .option(...STARTS)
    .option(...NO_REUSE)
    .option('--json', 'print JSON', false)
    .addHelpText('after', '\nExample:\n  autotuner submit task.yaml && autotuner watch my-task')
    .action(
      command(async (path: string, { json, ...options }: { json: boolean } & TaskOptions) => {
        const file = withOptions((await loadTaskFile(path)).file, options);
        return withTunes(async (tunes) => {
          const { workflowId } = await tunes.start(file);
          const hasWorkers = await tunes.hasWorkers();
          if (json) console.log(JSON.stringify({ workflowId, taskName: file.task_name, hasWorkers }));
          else console.log(`started ${workflowId}; follow it: autotuner watch ${file.task_name}`);
          if (!hasWorkers) console.error("no worker serves it yet: start one with 'autotuner worker'");
          return ExitCode.ok;
        });
      })
    );
}
