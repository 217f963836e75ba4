import { Command } from 'commander';
import { startDevServer } from '../platform/dev-server.js';
import { readEnvironment } from '../platform/environment.js';
import { ExitCode } from './exit-codes.js';
import { command } from './lib/errors.js';
import { API_PORT, startApi } from './lib/start-api.js';
import { portNumber } from './lib/options.js';
import { untilSignalled } from './lib/until-signalled.js';

interface Options {
  readonly port?: number;
  readonly uiPort?: number;
  readonly worker: boolean;
  readonly api: boolean;
  readonly apiPort?: number;
}

/** `autotuner dev`: a Temporal server, its UI, a worker and the HTTP API, until Ctrl-C. */
export function devCommand(): Command {
  return new Command('dev')
    .description(
      'Start a development Temporal server with its UI, the search attributes, a worker, the HTTP API and the web application.'
    )
    .option('--port <n>', "Temporal's port (7233)", portNumber)
    .option('--ui-port <n>', "the UI's port (8233)", portNumber)
    .option('--no-worker', 'start the server alone')
    .option('--no-api', 'start neither the HTTP API nor the web application')
    .option('--api-port <n>', `the API's port (${API_PORT})`, portNumber)
    .addHelpText(
      'after',
      '\nTunes are kept in .autotuner/temporal.db: what is running goes on at the next start.\n\nExamples:\n  autotuner dev\n  autotuner dev --port 7333 --ui-port 8333     # then: TEMPORAL_ADDRESS=127.0.0.1:7333 autotuner submit task.json'
    )
    .action(
      command(async ({ port, uiPort, worker, api: wantsApi, apiPort }: Options) => {
        const environment = readEnvironment();
        const say = (line: string): void => console.log(line);
        const server = await startDevServer({
          stateDir: environment.stateDir,
          ...(port === undefined ? {} : { port }),
          ...(uiPort === undefined ? {} : { uiPort }),
          onNotice: say,
        });
        try {
          say(`Temporal  ${server.address}, log ${server.logFile}`);
          say(`UI        ${server.uiUrl}`);
          const signalled = untilSignalled();
          if (!worker) {
            await signalled;
            return ExitCode.ok;
          }
          const { connect } = await import('../client/index.js');
          const { runWorkers } = await import('../worker/run-workers.js');
          const client = await connect(server);
          const { address } = server;
          const api = wantsApi
            ? await startApi({
                ...{ client, environment, onNotice: say },
                temporal: { address, uiUrl: server.uiUrl },
                ...(apiPort === undefined ? { anyPort: true } : { port: apiPort }),
              })
            : null;
          if (api) say(`API       ${api.url}`);
          const workers = await runWorkers({
            client,
            address,
            roles: ['control', 'host'],
            environment,
            onNotice: say,
          });
          say(`worker    control and host ${environment.hostId}; results go to ${environment.resultsDir}`);
          say('Ctrl-C stops them; tunes that are running go on at the next start');
          await Promise.race([signalled, workers.ended]);
          await api?.close();
          await workers.stop();
          await client.connection.close();
          return ExitCode.ok;
        } finally {
          await server.stop();
        }
      })
    );
}
