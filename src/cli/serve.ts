import { Command } from 'commander';
import { readEnvironment } from '../platform/environment.js';
import { notice } from '../platform/log-format.js';
import { ExitCode } from './exit-codes.js';
import { command } from './lib/errors.js';
import { portNumber } from './lib/options.js';
import { API_PORT, startApi } from './lib/start-api.js';
import { untilSignalled } from './lib/until-signalled.js';

interface Options {
  readonly port: number;
  readonly host: string;
}

/** Temporal's own UI where `autotuner dev` starts it. */
const DEV_UI = { address: '127.0.0.1:7233', url: 'http://127.0.0.1:8233' };

/** `autotuner serve`: the HTTP API and the web application, until it is told to stop. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('Serve the HTTP API and the web application for the tunes of any Temporal server.')
    .option('--port <n>', 'where it listens', portNumber, API_PORT)
    .option('--host <address>', 'other addresses than loopback need tokens', '127.0.0.1')
    .addHelpText(
      'after',
      `
On loopback whoever reaches it may do everything. To listen elsewhere, write tokens into a file that only you can read, and name it in
AUTOTUNER_API_TOKENS_FILE: lines of 'read TOKEN' and 'write TOKEN'. AUTOTUNER_API_HOSTS names the hosts by which it may be called
besides its address, AUTOTUNER_TEMPORAL_UI Temporal's UI. docs/api.md has the rest.

Examples:
  autotuner serve
  AUTOTUNER_API_TOKENS_FILE=tokens AUTOTUNER_API_HOSTS=tuner.example.org autotuner serve --host 0.0.0.0`
    )
    .action(
      command(async ({ port, host }: Options) => {
        const { connect, temporalAddress } = await import('../client/index.js');
        const signalled = untilSignalled();
        const say = (line: string): void => console.log(notice(line));
        const client = await connect();
        try {
          const address = temporalAddress();
          const uiUrl = address.replace('localhost', '127.0.0.1') === DEV_UI.address ? DEV_UI.url : null;
          const temporal = { address, uiUrl };
          const environment = readEnvironment();
          const api = await startApi({ client, environment, temporal, host, port, onNotice: say });
          say(`API       ${api.url}`);
          await signalled;
          await api.close();
        } finally {
          await client.connection.close();
        }
        return ExitCode.ok;
      })
    );
}
