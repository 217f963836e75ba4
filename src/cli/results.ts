import { Command } from 'commander';
import { readEnvironment } from '../platform/environment.js';
import { writeResultFiles } from '../platform/result-files.js';
import { ExitCode } from './exit-codes.js';
import { command } from './lib/errors.js';
import { oneLine } from './lib/format.js';
import { loadResults } from './lib/load-results.js';
import { describeResults } from './lib/results-view.js';
import { withTunes } from './lib/with-tunes.js';

/** `autotuner results TASK`: everything that was measured. */
export function resultsCommand(): Command {
  return new Command('results')
    .description('Show what a tune has measured, also while it runs.')
    .argument('<task>', 'task name or workflow id')
    .option('--write', 'write the results file and the CSV again, from what Temporal keeps', false)
    .option('--json', "print the results file's JSON", false)
    .addHelpText(
      'after',
      '\nExamples:\n  autotuner results my-task\n  autotuner results my-task --json | jq .best_result\n  autotuner results my-task --write      # the disk was full'
    )
    .action(
      command((task: string, { write, json }: { write: boolean; json: boolean }) =>
        withTunes(async (tunes) => {
          const environment = readEnvironment();
          const file = await loadResults(tunes, task, environment);
          if (json) console.log(JSON.stringify(file, null, 2));
          else console.log(describeResults(file));
          if (write) {
            const { resultsFile, csvFile } = await writeResultFiles(environment.resultsDir, file);
            console.error(`wrote ${resultsFile} and ${csvFile}`);
          }
          return ExitCode.ok;
        })
      )
    );
}

/** `autotuner best TASK`: the winner alone. */
export function bestCommand(): Command {
  return new Command('best')
    .description('Show the best configuration of a tune, and the command that starts it.')
    .argument('<task>', 'task name or workflow id')
    .option('--json', 'print JSON', false)
    .addHelpText('after', '\nExamples:\n  autotuner best my-task\n  autotuner best my-task --json | jq .parameters')
    .action(
      command((task: string, { json }: { json: boolean }) =>
        withTunes(async (tunes) => {
          const { best_result: best, best_command, answer } = await loadResults(tunes, task, readEnvironment());
          if (json) console.log(JSON.stringify(best && { ...best, command: best_command }, null, 2));
          else console.log([answer, ...(best_command ? [`start it: ${oneLine(best_command)}`] : [])].join('\n'));
          return best ? ExitCode.ok : ExitCode.nothingFeasible;
        })
      )
    );
}
