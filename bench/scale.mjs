#!/usr/bin/env node
/**
 * A large grid with an engine and a load generator inside the worker: what the orchestration itself costs, from the first experiment
 * to the last, through continue-as-new. Everything else is real: Temporal, the workflows, the activities, the stored outcomes.
 *
 * Usage: npm run bench:scale -- [COMBINATIONS] [PARALLELISM]      (10000 20)
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { NativeConnection, Runtime } from '@temporalio/worker';
import { connect, ensureSearchAttributes, Tunes } from '../dist/client/index.js';
import { createDependencies } from '../dist/worker/dependencies.js';
import { createLogger } from '../dist/worker/logger.js';
import { createWorkers } from '../dist/worker/create-workers.js';
import { Places } from '../dist/platform/places.js';
import { startDevServer } from '../dist/platform/dev-server.js';
import { readEnvironment } from '../dist/platform/environment.js';
import { stubBackend, stubRunner } from './support/stubs.mjs';

const [combinations = 10_000, parallelism = 20] = process.argv.slice(2).map(Number);
const dir = await mkdtemp(path.join(tmpdir(), 'scale-'));
const environment = {
  ...readEnvironment({ ...process.env, AUTOTUNER_STATE_DIR: dir, AUTOTUNER_RESULTS_DIR: path.join(dir, 'results') }),
};
const server = await startDevServer({ stateDir: dir, anyPort: true, onNotice: console.error });
Runtime.install({ logger: createLogger('ERROR'), shutdownSignals: [] });
const client = await connect(server);
await ensureSearchAttributes(client);
const connection = await NativeConnection.connect({ address: server.address });

const finished = [];
const dependencies = {
  ...(await createDependencies(environment, client)),
  places: await Places.open(path.join(dir, 'places'), parallelism),
  backends: { process: stubBackend() },
  runners: { 'genai-bench': stubRunner() },
  warmUp: async () => undefined,
};
const { store } = dependencies;
const record = store.record.bind(store);
store.record = async (...args) => {
  await record(...args);
  finished.push({ atMs: performance.now(), rssMiB: process.memoryUsage().rss / 2 ** 20 });
};
const workers = await createWorkers({ connection, namespace: 'default', roles: ['control', 'host'], dependencies });
const running = workers.map((worker) => worker.run());

const side = Math.round(Math.sqrt(combinations));
const tune = await new Tunes(client).start({
  task_name: 'scale',
  backend: 'process',
  engine: 'llama.cpp',
  model: { name: 'none' },
  parameters: {
    x: { type: 'int', min: 1, max: side },
    y: { type: 'int', min: 1, max: Math.ceil(combinations / side) },
  },
  optimization: { max_iterations: combinations, parallelism },
  benchmark: { model_name: 'none', warmup_requests: 0 },
});
const startedAtMs = performance.now();
const progress = setInterval(() => {
  const rate = finished.length / ((performance.now() - startedAtMs) / 1000);
  console.error(`${finished.length} of ${combinations}, ${rate.toFixed(1)} experiments/s`);
}, 15_000);
const result = await tune.result();
clearInterval(progress);

const description = await client.workflow.getHandle(tune.workflowId).describe();
let runs = 1;
for await (const _ of client.workflow.list({
  query: "WorkflowId = 'tune/scale' AND ExecutionStatus = 'ContinuedAsNew'",
}))
  runs++;
print();
for (const worker of workers) worker.shutdown();
await Promise.all(running);
await connection.close();
await client.connection.close();
await server.stop();
await rm(dir, { recursive: true, force: true });

/** Milliseconds per experiment, and the worker's memory, over tenths of the tune. */
function print() {
  const tenth = Math.floor(finished.length / 10);
  const at = (i) => (i === 0 ? startedAtMs : finished[i * tenth - 1].atMs);
  const costs = Array.from({ length: 10 }, (_, i) => (at(i + 1) - at(i)) / tenth);
  const memory = Array.from({ length: 10 }, (_, i) => finished[(i + 1) * tenth - 1].rssMiB);
  console.log(
    `${result.totalExperiments} experiments, ${result.successfulExperiments} succeeded, ${runs} runs of the workflow`
  );
  console.log(`last run's history: ${description.historyLength} events`);
  console.log('tenth                1      2      3      4      5      6      7      8      9     10');
  const row = (values, digits) => values.map((value) => value.toFixed(digits).padStart(7)).join('');
  console.log(`ms per experiment ${row(costs, 1)}`);
  console.log(`worker, MiB       ${row(memory, 0)}`);
  // The first tenth holds the warm-up of the worker's own code.
  const change = (values) => `${((values[9] / values[1] - 1) * 100).toFixed(1)} %`;
  console.log(`tenth tenth against the second: cost ${change(costs)}, memory ${change(memory)}`);
}
