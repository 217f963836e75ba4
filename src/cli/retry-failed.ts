import { Command, InvalidArgumentError } from 'commander';
import type { Again } from '../client/index.js';
import { describeReasons, isRetryReason } from '../domain/tuning/retry.js';
import { ExitCode } from './exit-codes.js';
import { command } from './lib/errors.js';
import { experimentTitle, table } from './lib/format.js';
import { withTunes } from './lib/with-tunes.js';

interface Options {
  readonly code?: readonly string[];
  readonly dryRun: boolean;
  readonly json: boolean;
}

/** `autotuner retry-failed TASK`: runs again what failed in a tune that has ended. */
export function retryFailedCommand(): Command {
  return new Command('retry-failed')
    .description('Run again what failed, was cancelled or was lost in a tune that has ended, and keep the rest.')
    .argument('<task>', 'task name or workflow id')
    .option('--code <code...>', 'only experiments with these failure codes, or cancelled, or lost', code)
    .option('--dry-run', 'only say which they are', false)
    .option('--json', 'print JSON', false)
    .addHelpText(
      'after',
      `
A new run of the same tune, with the task file that it was started with. Each experiment keeps its number and its combination; what was
measured is not measured again, and is in the new results. Lost are experiments of a tune that failed, was cancelled or terminated
before they had an outcome.

Examples:
  autotuner retry-failed my-task --dry-run
  autotuner retry-failed my-task && autotuner watch my-task
  autotuner retry-failed my-task --code ENGINE_CRASHED HOST_LOST`
    )
    .action(
      command((task: string, { code: codes = [], dryRun, json }: Options) =>
        withTunes(async (tunes) => {
          const tune = await tunes.find(task);
          const again = await tune.retryFailed({ codes, dryRun });
          const { workflowId } = tune;
          if (json) console.log(JSON.stringify({ workflowId, started: !dryRun, again }));
          else if (dryRun) console.log(describeAgain(again));
          else
            console.log(
              `started ${workflowId} again, for ${describeReasons(again)}; follow it: autotuner watch ${workflowId}`
            );
          if (!dryRun && !(await tunes.hasWorkers()))
            console.error("no worker serves it yet: start one with 'autotuner worker'");
          return ExitCode.ok;
        })
      )
    );
}

function describeAgain(again: readonly Again[]): string {
  if (again.length === 0) return 'nothing to run again';
  const rows = again.map((item) => [experimentTitle(item), item.reason]);
  return `${table([['experiment', 'because'], ...rows])}\n${again.length} to be run again`;
}

function code(text: string, before: readonly string[] = []): readonly string[] {
  if (isRetryReason(text)) return [...before, text];
  throw new InvalidArgumentError("it is no failure code (docs/errors.md has them all), nor 'cancelled', nor 'lost'.");
}
