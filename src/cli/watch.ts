import { Command } from 'commander';
import { command } from './lib/errors.js';
import { follow } from './lib/follow.js';
import { withTunes } from './lib/with-tunes.js';

/** `autotuner watch TASK`: follows a tune to its end. */
export function watchCommand(): Command {
  return new Command('watch')
    .description('Show a tune until it ends. Ctrl-C leaves it running.')
    .argument('<task>', 'task name or workflow id')
    .option('--json', 'print JSON lines', false)
    .addHelpText('after', '\nExamples:\n  autotuner watch my-task\n  autotuner watch tune/my-task-2026-11-21T03:00:00Z')
    .action(
      command((task: string, { json }: { json: boolean }) =>
        withTunes(async (tunes) => follow(await tunes.find(task), { json, owned: false }))
      )
    );
}
