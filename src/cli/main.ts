#!/usr/bin/env node
import { Command } from 'commander';
import { packageVersion } from '../platform/environment.js';
import { clusterCommand } from './cluster.js';
import { devCommand } from './dev.js';
import { doctorCommand } from './doctor.js';
import { ExitCode } from './exit-codes.js';
import { gcCommand } from './gc.js';
import { guideCommand } from './guide.js';
import { historyCommand } from './history.js';
import { launchCommand } from './launch.js';
import { listCommand } from './list.js';
import { planCommand } from './plan.js';
import { bestCommand, resultsCommand } from './results.js';
import { reportCommand } from './report.js';
import { retryFailedCommand } from './retry-failed.js';
import { runCommand } from './run.js';
import { scheduleCommand } from './schedule.js';
import { schemasCommand } from './schemas.js';
import { serveCommand } from './serve.js';
import { statusCommand } from './status.js';
import { steerCommands } from './steer.js';
import { submitCommand } from './submit.js';
import { validateCommand } from './validate.js';
import { watchCommand } from './watch.js';
import { workerCommand } from './worker.js';

const program = new Command('autotuner')
  .description('Finds the best configuration of an LLM inference server, durably.')
  .version(packageVersion())
  .showHelpAfterError('(run with --help for the options)')
  .addHelpText(
    'after',
    `
Examples:
  autotuner run examples/local_task.json --dev   # everything for one tune on this machine
  autotuner dev                                  # a Temporal server, a worker and the web application, then elsewhere:
  autotuner submit task.yaml && autotuner watch my-task

Exit codes: 0 well, 2 wrong command line or task file, 3 nothing feasible, 4 Temporal or workers unavailable,
5 the tune failed or was cancelled, 6 running already, 7 no such tune, 8 refused, 9 something is missing (doctor, cluster check),
130 interrupted, 1 anything unforeseen.`
  );

const GROUPS: readonly [string, Command[]][] = [
  ['Task files (no server needed):', [validateCommand(), planCommand(), guideCommand(), schemasCommand()]],
  [
    'Tunes:',
    [
      runCommand(),
      submitCommand(),
      watchCommand(),
      statusCommand(),
      listCommand(),
      ...steerCommands(),
      retryFailedCommand(),
    ],
  ],
  ['Results:', [resultsCommand(), bestCommand(), launchCommand(), reportCommand(), historyCommand()]],
  ['Recurring tunes:', [scheduleCommand()]],
  [
    'Servers and this machine:',
    [devCommand(), serveCommand(), workerCommand(), doctorCommand(), gcCommand(), clusterCommand()],
  ],
];
for (const [heading, commands] of GROUPS) {
  for (const command of commands) program.addCommand(command.helpGroup(heading));
}
// Options of a wrong type and unknown commands are the caller's mistake, like a bad task file.
const exit = (error: { exitCode: number }): never => process.exit(error.exitCode === 0 ? ExitCode.ok : ExitCode.usage);
for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)]) {
  command.exitOverride(exit);
}

await program.parseAsync();
