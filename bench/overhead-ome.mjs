/**
 * How soon the tuner notices what happens in the cluster, beside the prototype's loop, in one run on the test cluster: a real API server,
 * stub engines and stub load generators as real processes behind their pods.
 *
 * Started by `npm run bench:overhead -- [EXPERIMENTS] --backend ome`. Needs Go for the first build of the cluster.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { register } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { KubeConfig } from '@kubernetes/client-node';
import { connect, Tunes } from '../dist/client/index.js';
import { startDevServer } from '../dist/platform/dev-server.js';
import { readEnvironment } from '../dist/platform/environment.js';
import { runWorkers } from '../dist/worker/run-workers.js';
import { observe } from './support/ome-observer.mjs';

register('../test/support/typescript-hooks.mjs', import.meta.url);
const { NODE, Rig } = await import('../test/cluster/rig/rig.ts');
const { STUB_IMAGES } = await import('../test/cluster/rig/stub-images.ts');
const resources = await import('../test/cluster/ome-resources.ts');
const { BENCHMARKS, CLAIMS, NAMESPACE, SERVICES, claim } = await import('../test/cluster/support.ts');

const CLAIM = 'benchmark-results-pvc';
/** Seconds, as in the prototype: between two looks at an engine and at a job, and its fixed wait before a benchmark. */
const PROTOTYPE = { engine: 10, job: 15, wait: 5 };
/** The prototype's loops run side by side, each with a start of its own within its period. */
const LOOPS = 3;

export async function measureOme(experiments) {
  const dir = await mkdtemp(path.join(tmpdir(), 'overhead-ome-'));
  const cleanUps = [() => rm(dir, { recursive: true, force: true })];
  const cleanUp = async () => {
    while (cleanUps.length > 0) await cleanUps.pop()();
  };
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
  try {
    const rig = await Rig.up({
      images: {
        ...STUB_IMAGES,
        [resources.ENGINE_IMAGE]: slowEngine,
        'docker.io/library/busybox:1.37.0': () => ({ command: ['sleep', '1800'] }),
      },
      gpus: 64,
    });
    cleanUps.push(() => rig.down());
    await resources.createModelAndRuntime(rig.api, NODE, fileURLToPath(new URL('.', import.meta.url)));
    await rig.api.create(CLAIMS, claim(CLAIM));
    const config = new KubeConfig();
    config.loadFromFile(rig.kubeconfig);
    const seen = await observe(config, NAMESPACE);
    cleanUps.push(() => seen.stop());

    console.error(`the prototype's loop, ${LOOPS} times side by side ...`);
    const loops = await Promise.all(Array.from({ length: LOOPS }, (_, i) => prototypeLoop(rig.api, seen, i)));
    console.error(`a tune of ${experiments} experiments ...`);
    const ours = await tune(rig, dir, experiments, seen, cleanUps);
    print(
      'from Ready in the cluster to noticing it',
      ours.ready,
      loops.map(({ ready }) => ready)
    );
    print(
      "from the job's completion to the measurements",
      ours.completed,
      loops.map(({ completed }) => completed)
    );
  } finally {
    await cleanUp();
  }
}

/** An engine that takes 3 s to start: far less than a real one, and more than the tuner takes to get ready to look at it. */
function slowEngine(container) {
  const program = STUB_IMAGES['stub-engine:1'](container);
  return { ...program, command: [...program.command, '--ready-after', '3000'] };
}

/** Creates an engine and a job by hand and looks at them as the prototype did. @returns seconds from each fact to its notice */
async function prototypeLoop(api, seen, i) {
  const name = `loop-${i}`;
  await sleep((i / LOOPS) * PROTOTYPE.engine * 1000);
  await api.create(SERVICES, resources.inferenceService(name));
  const isReady = ({ status }) => status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True');
  while (!isReady(await api.get(`${SERVICES}/${name}`))) await sleep(PROTOTYPE.engine * 1000);
  await sleep(PROTOTYPE.wait * 1000);
  const ready = (Date.now() - seen.readyAtMs.get(name)) / 1000;
  await api.create(BENCHMARKS, resources.benchmarkJob(name, name, CLAIM, { resultFolderName: 'levels' }));
  for (;;) {
    const state = (await api.get(`${BENCHMARKS}/${name}`)).status?.state;
    if (state === 'Completed') break;
    if (state === 'Failed') throw new Error(`the job ${name} failed`);
    await sleep(PROTOTYPE.job * 1000);
  }
  const completed = (Date.now() - seen.completedAtMs.get(name)) / 1000;
  await api.remove(`${BENCHMARKS}/${name}`);
  await api.remove(`${SERVICES}/${name}`);
  return { ready, completed };
}

/** One tune; when its activities ended is taken from Temporal's history. */
async function tune(rig, dir, experiments, seen, cleanUps) {
  process.env.KUBECONFIG = rig.kubeconfig;
  const environment = readEnvironment({
    ...process.env,
    AUTOTUNER_STATE_DIR: dir,
    AUTOTUNER_RESULTS_DIR: path.join(dir, 'results'),
    AUTOTUNER_NAMESPACES: NAMESPACE,
  });
  const server = await startDevServer({ stateDir: dir, anyPort: true, onNotice: console.error });
  cleanUps.push(() => server.stop());
  const client = await connect(server);
  cleanUps.push(() => client.connection.close());
  const { address } = server;
  const workers = await runWorkers({
    client,
    address,
    roles: ['control', 'host'],
    environment,
    onNotice: console.error,
  });
  cleanUps.push(() => workers.stop());
  const started = await new Tunes(client).start({
    task_name: 'overhead-ome',
    model: { name: resources.MODEL, namespace: NAMESPACE },
    base_runtime: resources.RUNTIME,
    parameters: { x: { type: 'int', min: 1, max: experiments } },
    baseline: false,
    optimization: { max_iterations: experiments },
    benchmark: { model_name: 'm', warmup_requests: 0, additional_params: { stub: {} } },
  });
  await started.result();
  const ready = [];
  const completed = [];
  for (let i = 1; i <= experiments; i++) {
    const { events } = await client.workflow.getHandle(`tune/overhead-ome/${i}`).fetchHistory();
    const ended = activityEnds(events);
    ready.push((ended.waitUntilServing.atMs - seen.readyAtMs.get(ended.waitUntilServing.name)) / 1000);
    completed.push((ended.runBenchmark.atMs - seen.completedAtMs.get(ended.runBenchmark.name)) / 1000);
  }
  return { ready, completed };
}

/** Activity type -> when it ended, and the resource name that it was about. */
function activityEnds(events) {
  const scheduled = new Map();
  const ends = {};
  for (const event of events) {
    const about = event.activityTaskScheduledEventAttributes;
    if (about) scheduled.set(String(event.eventId), about);
    const end = event.activityTaskCompletedEventAttributes;
    if (!end) continue;
    const { activityType, input } = scheduled.get(String(end.scheduledEventId));
    const [payload] = input?.payloads ?? [];
    const { name } = payload ? JSON.parse(Buffer.from(payload.data).toString('utf8')) : {};
    ends[activityType.name] = { name, atMs: Number(event.eventTime.seconds) * 1000 + event.eventTime.nanos / 1e6 };
  }
  return ends;
}

function print(title, ours, prototypes) {
  const sorted = (numbers) => [...numbers].sort((a, b) => a - b);
  const median = (numbers) => sorted(numbers)[Math.floor(numbers.length / 2)];
  const row = (name, numbers) => {
    const [least, most] = [sorted(numbers)[0], sorted(numbers).at(-1)];
    console.log(
      `  ${name.padEnd(18)} median ${median(numbers).toFixed(2)} s   min ${least.toFixed(2)} s   max ${most.toFixed(2)} s`
    );
  };
  console.log(`\n${title}`);
  row(`autotuner (${ours.length})`, ours);
  row(`prototype (${prototypes.length})`, prototypes);
  console.log(`  ratio of the medians ${(median(prototypes) / median(ours)).toFixed(0)}`);
}
