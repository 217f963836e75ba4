import { Command } from 'commander';
import { TuneAlreadyRunningError } from '../client/errors.js';
import type { Tune, Tunes } from '../client/index.js';
import { startDevServer } from '../platform/dev-server.js';
import { readEnvironment } from '../platform/environment.js';
import { withOptions, type TaskOptions } from '../domain/task/task-options.js';
import { loadTaskFile } from '../platform/task-file.js';
import type { TaskFile } from '../domain/task/task.schema.js';
import { ensureRunner } from './lib/ensure-runner.js';
import { command } from './lib/errors.js';
import { follow } from './lib/follow.js';
import { DIRECT, NO_REUSE, STARTS } from './lib/task-options.js';
import { withTunes } from './lib/with-tunes.js';

/** `autotuner run FILE [--dev]`: starts a tune and follows it to its end. */
export function runCommand(): Command {
  return new Command('run')
    .description(
      'Start a tune and show it until it ends. Ctrl-C detaches, and the tune goes on; with --dev it cancels.'
    )
    .argument('<file>', 'task file')
    .option('--dev', 'start a Temporal server and a worker for this run alone, and stop them afterwards')
    .option(...DIRECT)
    .option(...STARTS)
    .option(...NO_REUSE)
    .option('--json', 'print JSON lines', false)
    .addHelpText(
      'after',
      '\nExamples:\n  autotuner run examples/local_task.json --dev\n  autotuner run task.yaml --json > progress.jsonl'
    )
    .action(
      command(async (path: string, { dev, json, ...options }: { dev?: true; json: boolean } & TaskOptions) => {
        const file = withOptions((await loadTaskFile(path)).file, options);
        if (dev) return runOnOwnServers(file, json);
        return withTunes(async (tunes) => follow(await tunes.start(file), { json, owned: false }));
      })
    );
}

async function runOnOwnServers(file: TaskFile, json: boolean): Promise<number> {
  const { connect, Tunes } = await import('../client/index.js');
  const { runWorkers } = await import('../worker/run-workers.js');
  const cleanups: (() => Promise<void>)[] = [];
  const say = (line: string): void => console.log(json ? JSON.stringify({ type: 'note', message: line }) : line);
  try {
    await ensureRunner(file, say);
    const environment = readEnvironment();
    const server = await startDevServer({ stateDir: environment.stateDir, anyPort: true, onNotice: say });
    cleanups.unshift(() => server.stop());
    say(`Temporal at ${server.address}, its UI at ${server.uiUrl}`);
    const client = await connect(server);
    cleanups.unshift(() => client.connection.close());
    const workers = await runWorkers({
      client,
      address: server.address,
      roles: ['control', 'host'],
      environment,
      // A failed experiment is a result, which the view shows; the worker's log would repeat it.
      logLevel: 'ERROR',
      onNotice: say,
    });
    cleanups.unshift(() => workers.stop());
    return await follow(await startOrPickUp(new Tunes(client), file, say), { json, owned: true });
  } finally {
    for (const cleanup of cleanups) await cleanup();
  }
}

/** A tune that is open on our own server was interrupted when the last run was killed: it goes on where it was. */
async function startOrPickUp(tunes: Tunes, file: TaskFile, say: (line: string) => void): Promise<Tune> {
  try {
    const tune = await tunes.start(file);
    say(`started ${tune.workflowId}`);
    return tune;
  } catch (error) {
    if (!(error instanceof TuneAlreadyRunningError)) throw error;
    say(`${error.workflowId} was interrupted: going on where it was`);
    return tunes.find(error.workflowId);
  }
}
