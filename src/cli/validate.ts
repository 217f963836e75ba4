import { Command } from 'commander';
import { countAllowed, createSearchSpace } from '../domain/space/search-space.js';
import type { TuningTask } from '../domain/task/task.schema.js';
import { loadTaskFile, TaskFileError } from '../platform/task-file.js';
import { ExitCode } from './exit-codes.js';
import { command } from './lib/errors.js';
import { warningLines } from './lib/warnings-view.js';

/** `autotuner validate FILE...`: checks task files without a server. */
export function validateCommand(): Command {
  return new Command('validate')
    .description('Check task files (JSON or YAML): every error with its line and column. Needs no server.')
    .argument('<file...>', 'task files')
    .addHelpText('after', '\nExample:\n  autotuner validate examples/*.json')
    .action(
      command(async (files: string[]) => {
        const codes = await Promise.all(files.map(validate));
        return Math.max(...codes);
      })
    );
}

async function validate(file: string): Promise<number> {
  try {
    const { task } = await loadTaskFile(file);
    console.log(
      [`${file}: valid; ${describeSpace(task)}`, ...warningLines(task).map((line) => `  ${line}`)].join('\n')
    );
    return ExitCode.ok;
  } catch (error) {
    // One bad file must not hide what is wrong with the next.
    if (!(error instanceof TaskFileError)) throw error;
    console.error(error.message);
    return ExitCode.usage;
  }
}

function describeSpace(task: TuningTask): string {
  const space = createSearchSpace(task);
  const { allowed, exact } = countAllowed(space);
  const planned = Math.min(allowed, task.optimization.max_iterations);
  return `${space.size} combinations, ${exact ? '' : 'about '}${allowed} after constraints, ${planned} experiments`;
}
