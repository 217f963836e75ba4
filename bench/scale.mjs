#!/usr/bin/env node
/**
 * A large grid with an engine and a load generator inside the worker: what the orchestration itself costs, from the first experiment
 * to the last, through continue-as-new. Everything else is real: Temporal, the workflows, the activities, the stored outcomes.
 *
 * A smaller tune comes first and is printed apart: it finds the code cold and the server's database empty, which happens once in an installation's
 * life and not once in a tune's.
 *
 * Usage: npm run bench:scale -- [COMBINATIONS] [PARALLELISM]      (10000 20)
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';

import { NativeConnection, Runtime } from '@temporalio/worker';
import { connect, ensureSearchAttributes, Tunes } from '../dist/client/index.js';
import { createDependencies } from '../dist/worker/dependencies.js';
import { createLogger } from '../dist/worker/logger.js';
import { createWorkers } from '../dist/worker/create-workers.js';
import { Places } from '../dist/platform/places.js';
import { startDevServer } from '../dist/platform/dev-server.js';
import { readEnvironment } from '../dist/platform/environment.js';
import { listenersOf } from '../dist/platform/ports.js';
import { median, perExperiment, printScale } from './support/scale-report.mjs';
import { stubBackend, stubRunner } from './support/stubs.mjs';

const [combinations = 10_000, parallelism = 20] = process.argv.slice(2).map(Number);
const FIRST_COMBINATIONS = Math.max(parallelism * 2, combinations / 10);
const dir = await mkdtemp(path.join(tmpdir(), 'scale-'));
const cleanUps = [() => rm(dir, { recursive: true, force: true })];
const cleanUp = async () => {
  while (cleanUps.length > 0) await cleanUps.pop()();
};
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
try {
  await main();
} finally {
  await cleanUp();
}

async function main() {
  const server = await startDevServer({ stateDir: dir, anyPort: true, onNotice: console.error });
  cleanUps.push(() => server.stop());
  Runtime.install({ logger: createLogger('ERROR'), shutdownSignals: [] });
  const client = await connect(server);
  cleanUps.push(() => client.connection.close());
  await ensureSearchAttributes(client);

  const finished = [];
  await startWorkers(server, client, finished);
  await run(client, 'scale-first', FIRST_COMBINATIONS, finished);
  const first = perExperiment(finished, parallelism, 'atMs');
  console.log(
    `${finished.length} experiments into an empty database: ${median(first).toFixed(1)} ms/experiment, median`
  );
  finished.length = 0;
  const result = await run(client, 'scale', combinations, finished);

  const { historyLength } = await client.workflow.getHandle('tune/scale').describe();
  const earlier = await client.workflow.count("WorkflowId = 'tune/scale' AND ExecutionStatus = 'ContinuedAsNew'");
  console.log(
    `${result.totalExperiments} experiments, ${result.successfulExperiments} succeeded, ${earlier.count + 1} runs of the workflow`
  );
  console.log(`last run's history: ${historyLength} events`);
  printScale(finished, parallelism);
}

async function run(client, name, count, finished) {
  const tune = await new Tunes(client).start(largeTask(name, count));
  const startedAtMs = performance.now();
  const progress = setInterval(() => {
    const rate = finished.length / ((performance.now() - startedAtMs) / 1000);
    console.error(`${finished.length} of ${count}, ${rate.toFixed(1)} experiments/s`);
  }, 15_000);
  return tune.result().finally(() => clearInterval(progress));
}

/** @param finished filled with one sample for each experiment whose outcome was stored */
async function startWorkers(server, client, finished) {
  const environment = readEnvironment({
    ...process.env,
    AUTOTUNER_STATE_DIR: dir,
    AUTOTUNER_RESULTS_DIR: path.join(dir, 'results'),
  });
  const dependencies = {
    ...(await createDependencies(environment, client)),
    places: await Places.open(path.join(dir, 'places'), parallelism),
    backends: { process: stubBackend() },
    runners: { 'genai-bench': stubRunner() },
    warmUp: async () => ({ requests: 0, seconds: 0 }),
  };
  const reference = new Worker(new URL('./support/reference-loop.mjs', import.meta.url));
  const loops = [];
  reference.on('message', (ms) => loops.push(ms));
  cleanUps.push(() => reference.terminate());
  const [serverPid] = await listenersOf(Number(server.address.split(':')[1]));
  const { store } = dependencies;
  const record = store.record.bind(store);
  store.record = async (...args) => {
    await record(...args);
    const { user, system } = process.cpuUsage();
    const rssMiB = process.memoryUsage().rss / 2 ** 20;
    finished.push({
      atMs: performance.now(),
      cpuMs: (user + system) / 1000,
      serverCpuMs: cpuMsOf(serverPid),
      rssMiB,
      loopMs: loops.splice(0),
    });
  };

  const connection = await NativeConnection.connect({ address: server.address });
  cleanUps.push(() => connection.close());
  const workers = await createWorkers({ connection, namespace: 'default', roles: ['control', 'host'], dependencies });
  const running = Promise.all(workers.map((worker) => worker.run()));
  cleanUps.push(() => {
    for (const worker of workers) worker.shutdown();
    return running;
  });
}

/** User and system time of a process: fields 14 and 15 of proc_pid_stat(5), in hundredths of a second. */
function cpuMsOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function largeTask(name, count) {
  const side = Math.round(Math.sqrt(count));
  return {
    task_name: name,
    backend: 'process',
    engine: 'llama.cpp',
    model: { name: 'none' },
    parameters: {
      x: { type: 'int', min: 1, max: side },
      y: { type: 'int', min: 1, max: Math.ceil(count / side) },
    },
    baseline: false,
    optimization: { max_iterations: count, parallelism },
    benchmark: { model_name: 'none', warmup_requests: 0 },
  };
}
