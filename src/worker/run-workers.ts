import type { Client } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { DefaultLogger, NativeConnection, Runtime, type Worker } from '@temporalio/worker';
import type { Environment } from '../platform/environment.js';
import { createDependencies } from './dependencies.js';
import { createWorkers, type Role } from './create-workers.js';

export interface RunningWorkers {
  /** Ends when all of them have. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export interface RunWorkersOptions {
  readonly client: Client;
  /** Default: Temporal's standard environment variables and profile file. */
  readonly address?: string;
  readonly roles: readonly Role[];
  readonly environment: Environment;
}

/** Starts this process's workers. It is called once per process. */
export async function runWorkers({ client, address, roles, environment }: RunWorkersOptions): Promise<RunningWorkers> {
  // Signals are the caller's: it may have a tune to cancel before the workers stop.
  Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: [] });
  const { connectionOptions } = loadClientConnectConfig();
  const connection = await NativeConnection.connect({ ...connectionOptions, ...(address ? { address } : {}) });
  const dependencies = await createDependencies(environment, client);
  const workers = await createWorkers({ connection, namespace: client.options.namespace, roles, dependencies });
  const ended = Promise.all(workers.map((worker: Worker) => worker.run())).then(() => connection.close());
  return {
    ended,
    async stop() {
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
    },
  };
}
