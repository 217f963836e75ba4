#!/usr/bin/env node
/**
 * A large grid with an engine and a load generator inside the worker: what the orchestration itself costs, from the first experiment
 * to the last, through continue-as-new. Everything else is real: Temporal, the workflows, the activities, the stored outcomes.
 *
 * Machines change their speed while this runs, virtual ones by several times. So the tune is paused at its start and after each tenth,
 * and a yardstick is taken: a small tune that begins afresh, on a server of its own that has seen little. What an experiment costs is
 * given in yardsticks as well: those of before and after the tenth.
 *
 * Usage: npm run bench:scale -- [COMBINATIONS] [PARALLELISM]      (10000 20)
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { NativeConnection, Runtime } from '@temporalio/worker';
import { connect, ensureSearchAttributes, Tunes } from '../dist/client/index.js';
import { createDependencies } from '../dist/worker/dependencies.js';
import { createLogger } from '../dist/worker/logger.js';
import { createWorkers } from '../dist/worker/create-workers.js';
import { Places } from '../dist/platform/places.js';
import { startDevServer } from '../dist/platform/dev-server.js';
import { readEnvironment } from '../dist/platform/environment.js';
import { listenersOf } from '../dist/platform/ports.js';
import { costOf, printScale } from './support/scale-report.mjs';
import { stubBackend, stubRunner } from './support/stubs.mjs';

const [combinations = 10_000, parallelism = 20] = process.argv.slice(2).map(Number);
const TENTHS = 10;
/** Enough for a median of groups of experiments that run at once. */
const YARDSTICK = parallelism * 10;
const dir = await mkdtemp(path.join(tmpdir(), 'scale-'));
const cleanUps = [() => rm(dir, { recursive: true, force: true })];
const cleanUp = async () => {
  // What fails must not keep the server alive.
  for (let next = cleanUps.pop(); next; next = cleanUps.pop())
    await (async () => next())().catch((error) => console.error(`cleaning up: ${error}`));
};
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
try {
  await main();
} finally {
  await cleanUp();
}

async function main() {
  Runtime.install({ logger: createLogger('ERROR'), shutdownSignals: [] });
  const measured = await installation('measured');
  const fresh = await installation('yardstick');
  // Both find the code cold, which happens once in a worker's life.
  await yardstick(fresh);
  await yardstick(measured);

  const { tunes, finished } = measured;
  finished.length = 0;
  const yardsticks = [await yardstick(fresh)];
  const tune = await tunes.start(largeTask('scale', combinations));
  const marks = [0];
  for (let tenth = 1; tenth < TENTHS; tenth++) {
    while (finished.length < (tenth * combinations) / TENTHS) await sleep(100);
    await tune.pause();
    await quiet(finished);
    marks.push(finished.length);
    yardsticks.push(await yardstick(fresh));
    console.error(`${finished.length} of ${combinations}`);
    await tune.resume();
  }
  const result = await tune.result();
  marks.push(finished.length);
  yardsticks.push(await yardstick(fresh));

  const { workflow } = measured.client;
  const { historyLength } = await workflow.getHandle('tune/scale').describe();
  const earlier = await workflow.count("WorkflowId = 'tune/scale' AND ExecutionStatus = 'ContinuedAsNew'");
  console.log(
    `${result.totalExperiments} experiments, ${result.successfulExperiments} succeeded, ${earlier.count + 1} runs of the workflow`
  );
  console.log(`last run's history: ${historyLength} events`);
  const tenths = marks.slice(1).map((end, i) => finished.slice(marks[i], end));
  printScale(
    tenths.map((samples) => costOf(samples, parallelism)),
    yardsticks
  );
}

/** A paused tune lets the experiments under way end. */
async function quiet(finished) {
  for (let before = -1; before !== finished.length;) {
    before = finished.length;
    await sleep(2000);
  }
}

/** What an experiment of a tune that has just begun costs. */
async function yardstick({ tunes, finished }) {
  const from = finished.length;
  await (await tunes.start(largeTask(`yardstick-${from}`, YARDSTICK))).result();
  return costOf(finished.slice(from), parallelism);
}

/** A server with workers; `finished` gets one sample for each experiment whose outcome was stored. */
async function installation(name) {
  const stateDir = path.join(dir, name);
  const server = await startDevServer({ stateDir, anyPort: true, onNotice: console.error });
  cleanUps.push(() => server.stop());
  const client = await connect(server);
  cleanUps.push(() => client.connection.close());
  await ensureSearchAttributes(client);
  const finished = [];
  await startWorkers(server, client, stateDir, finished);
  return { client, tunes: new Tunes(client), finished };
}

async function startWorkers(server, client, stateDir, finished) {
  const environment = readEnvironment({
    ...process.env,
    AUTOTUNER_STATE_DIR: stateDir,
    AUTOTUNER_RESULTS_DIR: path.join(stateDir, 'results'),
  });
  const dependencies = {
    ...(await createDependencies(environment, client)),
    places: await Places.open(path.join(stateDir, 'places'), parallelism),
    backends: { process: stubBackend() },
    runners: { 'genai-bench': stubRunner() },
    warmUp: async () => ({ requests: 0, seconds: 0 }),
  };
  const [serverPid] = await listenersOf(Number(server.address.split(':')[1]));
  const { store } = dependencies;
  const record = store.record.bind(store);
  store.record = async (...args) => {
    await record(...args);
    const { user, system } = process.cpuUsage();
    const rssMiB = process.memoryUsage().rss / 2 ** 20;
    const cpuMs = (user + system) / 1000;
    finished.push({ atMs: performance.now(), cpuMs, serverCpuMs: cpuMsOf(serverPid), rssMiB });
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
    optimization: { strategy: 'grid_search', max_iterations: count, parallelism },
    benchmark: { model_name: 'none', warmup_requests: 0 },
  };
}
