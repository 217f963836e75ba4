import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError } from '@temporalio/client';
import { Command } from 'commander';
import { connect, TemporalUnreachableError } from '../client/connect.js';
import { Tunes, TuneAlreadyRunningError, type Tune } from '../client/tunes.js';
import type { TuneProgress } from '../contracts/messages.js';
import { describeCombination } from '../domain/combination.js';
import { describeScore } from '../domain/objective.js';
import { finishedCount } from '../domain/tuning-state.js';
import { startDevServer } from '../platform/dev-server.js';
import { readEnvironment } from '../platform/environment.js';
import { loadTaskFile, TaskFileError } from '../platform/task-file.js';
import { runWorkers } from '../worker/run-workers.js';
import { ExitCode } from './exit-codes.js';

const LOOK_EVERY_MS = 500;

/** `autotuner run FILE [--dev]`: starts a tune and follows it to its end. */
export function runCommand(): Command {
  return new Command('run')
    .description('Tune a task and show its progress until the end.')
    .argument('<file>', 'task file')
    .option('--dev', 'start a Temporal server and a worker for this run alone, and stop them afterwards')
    .addHelpText('after', '\nExample:\n  autotuner run examples/local_task.json --dev')
    .action(async (file: string, options: { dev?: boolean }) => {
      process.exitCode = await run(file, options.dev ?? false).catch((error: unknown) => {
        if (error instanceof TaskFileError) return fail(error.message, ExitCode.usage);
        if (error instanceof TemporalUnreachableError) return fail(error.message, ExitCode.unreachable);
        if (error instanceof TuneAlreadyRunningError) return fail(error.message, ExitCode.alreadyRunning);
        throw error;
      });
    });
}

function fail(message: string, code: number): number {
  console.error(message);
  return code;
}

async function run(path: string, dev: boolean): Promise<number> {
  const { file } = await loadTaskFile(path);
  const cleanups: (() => Promise<void>)[] = [];
  try {
    const environment = readEnvironment();
    const server = dev ? await startDevServer(environment.stateDir) : null;
    if (server) {
      cleanups.unshift(() => server.stop());
      console.log(`Temporal at ${server.address}, its UI at ${server.uiUrl}`);
    }
    const client = await connect(server ?? {});
    cleanups.unshift(() => client.connection.close());
    if (server) {
      const workers = await runWorkers({ client, address: server.address, roles: ['control', 'host'], environment });
      cleanups.unshift(() => workers.stop());
    }
    const tune = await new Tunes(client).start(file);
    console.log(`started ${tune.workflowId}`);
    return await follow(tune, dev);
  } finally {
    for (const cleanup of cleanups) await cleanup();
  }
}

/** Prints each change as a line until the tune ends, or until Ctrl-C. */
async function follow(tune: Tune, owned: boolean): Promise<number> {
  let interrupted = false;
  const interrupt = (): void => {
    if (interrupted) return;
    interrupted = true;
    if (owned) {
      console.log('cancelling: the engine is taken down first');
      void tune.cancel();
    }
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  let ended = false;
  const result = tune.result().finally(() => (ended = true));
  result.catch(() => undefined);
  const seen = new Set<string>();
  const show = async (): Promise<void> => {
    const progress = await tune.progress().catch(() => null);
    if (progress) for (const line of describe(progress)) if (!seen.has(line)) console.log((seen.add(line), line));
  };
  while (!ended) {
    if (interrupted && !owned) {
      console.log(`detached; the tune goes on as ${tune.workflowId}`);
      return ExitCode.interrupted;
    }
    await show();
    await Promise.race([sleep(LOOK_EVERY_MS), result.catch(() => undefined)]);
  }
  await show();
  try {
    const { answer, bestCommand, resultsFile, csvFile, best } = await result;
    console.log(
      ['', answer, ...(bestCommand ? [`  ${bestCommand}`] : []), `results: ${resultsFile}, ${csvFile}`].join('\n')
    );
    return best ? ExitCode.ok : ExitCode.nothingFeasible;
  } catch (error) {
    if (interrupted) return ExitCode.interrupted;
    if (!(error instanceof WorkflowFailedError)) throw error;
    return fail(`the tune failed: ${error.cause?.message ?? error.message}`, ExitCode.tuneFailed);
  }
}

function describe({ state, objective }: TuneProgress): string[] {
  const finished = state.recent.map(({ experimentId, combination, status, score, failure }) => {
    const what =
      score !== null && objective
        ? describeScore(score, objective)
        : `${failure?.code ?? ''} ${failure?.message ?? ''}`;
    return `[${experimentId}] ${status}: ${describeCombination(combination)}: ${what}`;
  });
  const running = state.running.map(
    ({ experimentId, phase, combination }) => `[${experimentId}] ${phase}: ${describeCombination(combination)}`
  );
  return [...finished, ...running, `${finishedCount(state)} of up to ${state.maxIterations} finished`];
}
