/** One run: a tune, a plan of faults, and the check of what came out. */
import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskFile } from '../../src/domain/task/task.schema.js';
import type { ResultsFile } from '../../src/domain/results/tune-result.js';
import type { Plan } from './faults.js';
import { HistoryFeed, type Silence } from './history-feed.js';
import { check, type Violation } from './invariants.js';
import { leaksAfter } from './leaks.js';
import { readLogbook } from './logbook.js';
import { Nemesis, type Done } from './nemesis.js';
import { PLACES, type Stage } from './stage.js';
import { Supervised } from './supervised.js';
import { EngineWitness } from './witness.js';

/** Kubernetes' garbage collector alone needs up to a minute to find a server again that was killed. */
const ENDS_WITHIN_MS = 600_000;

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
  const witness = new EngineWitness(() => stage.enginesAlive(task));
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
        damage: await stage.damage(),
        leaks,
        harms: nemesis.harms,
        foretold: stage.cast.foretold,
        inCluster: stage.cast.site === 'cluster',
      })
    );
  }
  const { events, silence } = feed;
  return { plan, seconds, events, silence, done: nemesis.done, violations: failures, results };
}

async function writeTask({ cast, world, logFile }: Stage, plan: Plan, task: string): Promise<string> {
  const file: TaskFile = {
    ...cast.task(plan.engine ?? [], logFile),
    task_name: task,
    baseline: false,
    optimization: {
      ...(cast.search ?? { strategy: 'random', parallelism: PLACES }),
      max_iterations: cast.experiments,
      seed: 7,
    },
  };
  const path = join(world.dir, `${task}.json`);
  await writeFile(path, JSON.stringify(file));
  return path;
}

async function readResults(stage: Stage, task: string): Promise<ResultsFile | null> {
  const text = await readFile(join(stage.resultsDir, `${task}_results.json`), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as ResultsFile);
}
