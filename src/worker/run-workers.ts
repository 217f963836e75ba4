import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { NativeConnection, Runtime, type LogLevel, type Worker } from '@temporalio/worker';
import { ensureReaper, ensureSearchAttributes } from '../client/index.js';
import type { Dependencies } from '../activities/index.js';
import { reapOrphans } from '../activities/reap-orphans.js';
import { openHistory, type HistoryRecorder } from '../history/index.js';
import { ModelProcess } from '../optimizers/model-based/model-process.js';
import { optimizerCommand, readSdkMetrics, type Environment } from '../platform/environment.js';
import { readHistoryUrl } from '../platform/history-url.js';
import { tryLock, type Lock } from '../platform/host-lock.js';
import { Secrets } from '../platform/secrets.js';
import { followApiKey, readTemporalConnection } from '../platform/temporal-connection.js';
import { createDependencies } from './dependencies.js';
import { createWorkers, type Role } from './create-workers.js';
import { createLogger } from './logger.js';
import { takeOver } from './take-over.js';

export interface RunningWorkers {
  /** Ends when all of them have; fails when one of them does, and the others are stopped then. */
  readonly ended: Promise<void>;
  /** Lets running activities end or hand over, then stops. Engines and benchmarks keep running for the next worker. */
  stop(): Promise<void>;
}

export interface RunWorkersOptions {
  readonly client: Client;
  /** Default: Temporal's standard environment variables and profile file. */
  readonly address?: string;
  readonly roles: readonly Role[];
  readonly environment: Environment;
  /** Default: WARN. */
  readonly logLevel?: LogLevel;
  /** Told what a person may want to know. */
  readonly onNotice: (message: string) => void;
}

const LOCK_EVERY_MS = 1000;
const KEEP_EVERY_MS = 300_000;

/**
 * Starts this process's workers; it is called once per process. Signals are the caller's: it may have a tune to cancel before the
 * workers stop.
 * @throws SearchAttributesError; Error when Temporal cannot be reached.
 */
export async function runWorkers(options: RunWorkersOptions): Promise<RunningWorkers> {
  const { client, address, roles, environment } = options;
  const secrets = new Secrets(process.env, environment.secrets);
  const history = openHistory({ url: readHistoryUrl(), folder: environment.historyDir, say: options.onNotice });
  const sdkMetrics = readSdkMetrics();
  Runtime.install({
    logger: createLogger(options.logLevel ?? 'WARN', secrets.redactor),
    shutdownSignals: [],
    ...(sdkMetrics ? { telemetryOptions: { metrics: { prometheus: { bindAddress: sdkMetrics } } } } : {}),
  });
  await ensureSearchAttributes(client);
  const { connectionOptions, apiKeyFile } = readTemporalConnection();
  const { apiKey } = connectionOptions;
  if (typeof apiKey === 'string') secrets.redactor.add(apiKey);
  const connection = await NativeConnection.connect({ ...connectionOptions, ...(address ? { address } : {}) });
  if (apiKeyFile !== null) {
    followApiKey(apiKeyFile, (key) => {
      secrets.redactor.add(key);
      void connection.setApiKey(key);
    });
  }

  const stopping = new AbortController();
  const served = roles.map((role) =>
    (role === 'host' ? serveHost : serveControl)({ ...options, secrets, history }, connection, stopping.signal)
      // One that fails must not leave the process half at work.
      .finally(() => stopping.abort())
  );
  const ended = Promise.all(served).then(() => undefined);
  const closed = Promise.allSettled(served).then(() => Promise.all([connection.close(), history.close()]));
  ended.catch(() => undefined);
  return {
    ended,
    async stop() {
      stopping.abort();
      await closed;
    },
  };
}

type Serving = RunWorkersOptions & { readonly secrets: Secrets; readonly history: HistoryRecorder };

async function serveControl(
  { client, environment, roles, secrets, history }: Serving,
  connection: NativeConnection,
  stopping: AbortSignal
): Promise<void> {
  const model = new ModelProcess(optimizerCommand());
  try {
    const dependencies = await createDependencies(environment, client, { secrets, model, history });
    // Where this process serves the host as well, that does it: once it knows that no other process does.
    if (!roles.includes('host')) await takeOver(client, environment.hostId);
    const { namespace } = client.options;
    await runUntil(await createWorkers({ connection, namespace, roles: ['control'], dependencies }), stopping);
  } finally {
    model.close();
  }
}

/** A host is served by one process at a time: two would each hand out all of its places. The others stand by. */
async function serveHost(
  { client, environment, secrets, history, onNotice }: Serving,
  connection: NativeConnection,
  stopping: AbortSignal
): Promise<void> {
  const lock = await waitForLock(environment.stateDir, stopping, onNotice);
  if (!lock) return;
  let keeping: NodeJS.Timeout | undefined;
  try {
    const takingOver = takeOver(client, environment.hostId);
    // It is waited for below; until then nobody listens to its failure.
    takingOver.catch(() => undefined);
    const dependencies = await createDependencies(environment, client, { secrets, history, say: onNotice });
    const { removed, problems } = await reapOrphans(dependencies, false);
    if (removed.length > 0)
      onNotice(`took down what ended experiments had left: ${removed.map((item) => item.name).join(', ')}`);
    for (const problem of problems) onNotice(`what ended experiments had left: ${problem}`);
    await dependencies.accelerators.begin(await mayHaveEngine(dependencies));
    await ensureReaper(client, environment.hostId);
    // A database that is lost takes the schedule with it, and this worker may live on.
    keeping = setInterval(() => void ensureReaper(client, environment.hostId).catch(() => undefined), KEEP_EVERY_MS);
    await takingOver;
    const { namespace } = client.options;
    await runUntil(await createWorkers({ connection, namespace, roles: ['host'], dependencies }), stopping);
  } finally {
    clearInterval(keeping);
    await lock.release();
  }
}

/** Whether an engine of ours runs on this machine, or may do so. */
async function mayHaveEngine({ backends: { process, docker } }: Dependencies): Promise<boolean> {
  const engines = (await process?.listOwned())?.owned ?? [];
  if (engines.some(({ kind, alive }) => kind === 'engine' && alive)) return true;
  // A daemon that does not answer may have one.
  return (await docker?.listOwned().catch(() => null))?.owned.some(({ alive }) => alive) ?? docker !== undefined;
}

async function waitForLock(
  stateDir: string,
  stopping: AbortSignal,
  onNotice: (message: string) => void
): Promise<Lock | null> {
  for (let attempt = 1; !stopping.aborted; attempt++) {
    const lock = await tryLock(stateDir, 'host');
    if (lock) return lock;
    if (attempt === 1) onNotice(`another worker serves ${stateDir}: standing by to take over when it ends`);
    await sleep(LOCK_EVERY_MS, undefined, { signal: stopping }).catch(() => undefined);
  }
  return null;
}

async function runUntil(workers: readonly Worker[], stopping: AbortSignal): Promise<void> {
  const ended = Promise.all(workers.map((worker) => worker.run()));
  const shutdown = (): void => {
    for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
  };
  if (stopping.aborted) shutdown();
  else stopping.addEventListener('abort', shutdown, { once: true });
  await ended;
}
