/** One run: a tune of ten experiments, a plan of faults, and the check of what came out. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskFile } from '../../src/domain/task.schema.js';
import type { ResultsFile } from '../../src/domain/tune-result.js';
import { startTimeOf } from '../../src/platform/process-tree.js';
import { mayFail, type Plan } from './faults.js';
import { HistoryFeed, type Silence } from './history-feed.js';
import { check, portsLeft, type Violation } from './invariants.js';
import { readLogbook } from './logbook.js';
import { Nemesis, type Done } from './nemesis.js';
import { PLACES, type Stage } from './stage.js';
import { Supervised } from './supervised.js';
import { EngineWitness } from './witness.js';

const EXPERIMENTS = 10;
const ENDS_WITHIN_MS = 300_000;
const CLEAN_WITHIN_MS = 60_000;

export interface RunReport {
  readonly plan: Plan;
  readonly seconds: number;
  readonly events: number;
  readonly silence: Silence | null;
  readonly done: readonly Done[];
  readonly violations: readonly Violation[];
  readonly results: ResultsFile | null;
}

/** @param reference results of the same task when nothing was done to it; null for the reference itself. */
export async function runPlan(
  stage: Stage,
  plan: Plan,
  task: string,
  reference: ResultsFile | null
): Promise<RunReport> {
  const tunes = await stage.tunes();
  const path = await writeTask(stage, plan, task);
  const startedAt = performance.now();
  const command = resolve('dist/cli/main.js');
  const cli = new Supervised([command, 'run', path], stage.world.env, [command, 'watch', task]);
  cli.start();
  const nemesis = new Nemesis(stage, plan, task, cli);
  const feed = new HistoryFeed(tunes.client, (event) => nemesis.onEvent(event));
  const witness = new EngineWitness(stage.world, task);
  const workflowId = `tune/${task}`;
  const over = await Promise.race([feed.follow(workflowId).then(() => true), sleep(ENDS_WITHIN_MS, false)]);
  const seconds = (performance.now() - startedAt) / 1000;
  await nemesis.settle();
  await stage.setClock(0);
  await feed.stop();
  await cli.stop();
  const mostEnginesAlive = await witness.stop();

  const failures: Violation[] = [];
  if (!over) failures.push({ invariant: 'I2', what: `${task} does not end\n${stage.worker.lastOutput}` });
  const results = await readResults(stage, task);
  if (!results) failures.push({ invariant: 'I2', what: 'there is no results file' });
  const entries = await readLogbook(stage.logFile, task);
  const leaks = await leaksAfter(stage, task, entries);
  if (results) {
    failures.push(
      ...check({
        results,
        reference,
        entries,
        mostEnginesAlive,
        places: PLACES,
        damage: await stage.decoys.damage(),
        leaks,
        mayFail: mayFail(plan) ? nemesis.done.length * PLACES : 0,
      })
    );
  }
  const { events, silence } = feed;
  return { plan, seconds, events, silence, done: nemesis.done, violations: failures, results };
}

async function writeTask(stage: Stage, plan: Plan, task: string): Promise<string> {
  const engine = resolve('test/chaos/stand-ins/engine.mjs');
  const own = ['--port', '{port}', '--api-key-file', '{api_key_file}', ...(plan.engine ?? [])];
  const file: TaskFile = {
    task_name: task,
    backend: 'process',
    engine: { command: [process.execPath, engine, ...own] },
    model: { name: 'm' },
    parameters: { depth: { type: 'int', min: 1, max: EXPERIMENTS } },
    baseline: false,
    optimization: { strategy: 'random', max_iterations: EXPERIMENTS, parallelism: PLACES, seed: 7 },
    benchmark: {
      model_name: 'm',
      model_tokenizer: 'tok',
      num_concurrency: [1, 2],
      additional_params: { chaos: { seconds: 0.3 } },
      warmup_requests: 2,
    },
  };
  const path = join(stage.world.dir, `${task}.json`);
  await writeFile(path, JSON.stringify(file));
  return path;
}

async function readResults(stage: Stage, task: string): Promise<ResultsFile | null> {
  const text = await readFile(join(stage.resultsDir, `${task}_results.json`), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as ResultsFile);
}

/** Waits until nothing of the task is there any more. @returns what still is when the time is up. */
async function leaksAfter(stage: Stage, task: string, entries: Parameters<typeof portsLeft>[0]): Promise<string[]> {
  const { world } = stage;
  const state = join(world.dir, 'state');
  const children = entries.flatMap(({ child }) => child ?? []);
  for (const deadline = Date.now() + CLEAN_WITHIN_MS; ; await sleep(500)) {
    const processes = await world.processes(`${task}-exp`);
    const startTimes = await Promise.all(children.map(startTimeOf));
    const alive = children.filter((_, i) => startTimes[i] != null);
    const folders = (await Promise.all(['leases', 'places'].map((name) => readdir(join(state, name)).catch(() => []))))
      .flat()
      .filter((name) => name.startsWith(`${task}-exp`));
    const temporary = await readdir(join(world.dir, 'tmp'));
    const left = [
      ...processes.map((pid) => `process ${pid} is alive`),
      ...alive.map((pid) => `child process ${pid} is alive`),
      ...folders.map((name) => `folder ${name} is there`),
      ...temporary.map((name) => `temporary ${name} is there`),
      ...(await portsLeft(entries)),
    ];
    if (left.length === 0 || Date.now() > deadline) return left;
  }
}
