import { Command, Option } from 'commander';
import { readEnvironment } from '../platform/environment.js';
import { notice } from '../platform/log-format.js';
import type { Role } from '../worker/create-workers.js';
import { ExitCode } from './exit-codes.js';
import { command } from './lib/errors.js';
import { listOf } from './lib/options.js';
import { untilSignalled } from './lib/until-signalled.js';

type Level = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

/** `autotuner worker`: serves tunes of any Temporal server until it is told to stop. */
export function workerCommand(): Command {
  return new Command('worker')
    .description(
      'Serve tunes: as control (workflows, suggestions, results) and as host (engines and load on this machine).'
    )
    .option('--roles <list>', 'control, host', listOf<Role>(['control', 'host']), ['control', 'host'] as Role[])
    .addOption(new Option('--log-level <level>').choices(['DEBUG', 'INFO', 'WARN', 'ERROR']).default('WARN'))
    .addHelpText(
      'after',
      `
Temporal is found by its standard environment variables and profile file: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE,
TEMPORAL_API_KEY, TEMPORAL_TLS_*, TEMPORAL_PROFILE.

SIGTERM or Ctrl-C stops it. Engines and benchmarks keep running, and the next worker on this machine picks them up.

Examples:
  autotuner worker
  autotuner worker --roles host        # on each further machine
  AUTOTUNER_PLACES=2 autotuner worker  # two devices, two engines under measurement`
    )
    .action(
      command(async ({ roles, logLevel }: { roles: Role[]; logLevel: Level }) => {
        const environment = readEnvironment();
        const { connect } = await import('../client/index.js');
        const { runWorkers } = await import('../worker/run-workers.js');
        const client = await connect();
        const signalled = untilSignalled();
        const say = (line: string): void => console.log(notice(line));
        const workers = await runWorkers({ client, roles, environment, logLevel, onNotice: say });
        const host = roles.includes('host') ? `; host ${environment.hostId} with ${environment.places} place(s)` : '';
        say(`serving ${roles.join(' and ')}${host}; results go to ${environment.resultsDir}`);
        try {
          await Promise.race([signalled, workers.ended]);
        } finally {
          await workers.stop();
          await client.connection.close();
        }
        return ExitCode.ok;
      })
    );
}
