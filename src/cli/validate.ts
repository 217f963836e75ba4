import { Command } from 'commander';
import { TaskFileError, loadTaskFile } from '../platform/task-file.js';
import { countAllowed, createSearchSpace } from '../domain/search-space.js';
import { ExitCode } from './exit-codes.js';

/** `autotuner validate FILE...`: checks task files without a server. */
export function validateCommand(): Command {
  return new Command('validate')
    .description('Check task files (JSON or YAML): every error with its line and column. Needs no server.')
    .argument('<file...>', 'task files')
    .addHelpText('after', '\nExample:\n  autotuner validate examples/local_task.json')
    .action(async (files: string[]) => {
      for (const file of files) {
        try {
          const { task } = await loadTaskFile(file);
          const space = createSearchSpace(task);
          const { allowed, exact } = countAllowed(space);
          const planned = Math.min(allowed, task.optimization.max_iterations);
          console.log(
            `${file}: valid; ${space.size} combinations, ${exact ? '' : 'about '}${allowed} after constraints, ${planned} experiments`
          );
        } catch (error) {
          if (!(error instanceof TaskFileError)) throw error;
          console.error(error.message);
          process.exitCode = ExitCode.usage;
        }
      }
    });
}
