import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { createRetryActivities } from '../../src/activities/retry.js';
import { Tune, TuneAlreadyRunningError, TuneRefusedError } from '../../src/client/index.js';
import { readTuneHistory } from '../../src/client/tune-history.js';
import { CONTROL_QUEUE } from '../../src/contracts/task-queues.js';
import { parseTask } from '../../src/domain/task/parse-task.js';
import type { TaskFile } from '../../src/domain/task/task.schema.js';
import { reduce } from '../../src/domain/tuning/tuning-reducer.js';
import { initialState } from '../../src/domain/tuning/tuning-state.js';
import { NO_FINALS } from '../../src/domain/verdict/finals-state.js';
import { Redactor } from '../../src/platform/redactor.js';
import { RunStore } from '../../src/platform/run-store.js';
import { fakeWorld, resultOf, type FakeWorld } from '../support/fake-activities.js';
import { recordHistories } from '../support/histories.js';
import { startTimeSkipping, withWorkers, workflowBundle } from '../support/temporal.js';

let environment: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;
let dir: string;
let store: RunStore;
let id: string;

beforeAll(async () => {
  environment = await startTimeSkipping();
  bundle = await workflowBundle();
});
afterAll(() => environment?.teardown());
beforeEach(async () => {
  id = `tune/${randomUUID()}`;
  dir = await mkdtemp(join(tmpdir(), 'store-'));
  store = new RunStore(dir);
});
afterEach(async () => {
  await rm(dir, { recursive: true, force: true });
  if (process.env['RECORD_HISTORIES'] !== '1') return;
  const name = expect.getState().currentTestName?.replace('a retry ', '') ?? '';
  await recordHistories(environment.client.workflow, name, id);
});

const FILE: TaskFile = {
  task_name: 'test',
  backend: 'process',
  engine: 'llama.cpp',
  model: { name: 'm' },
  parameters: { x: { type: 'choice', values: [3, 1, 2, 4] } },
  optimization: { strategy: 'grid_search' },
  baseline: false,
  benchmark: { model_name: 'm' },
};

/** A world with a real store, which several runs share. @param broken what the benchmark does. */
function worldWhere(broken: (x: number) => Promise<void> | void): FakeWorld {
  return fakeWorld(({ activities: { runBenchmark } }) => ({
    ...createRetryActivities({
      redactor: new Redactor(),
      store,
      earlierTune: (workflowId, runId) => readTuneHistory(environment.client, workflowId, runId),
    }),
    recordOutcome: ({ tune, outcome }) => store.record(tune, outcome),
    writeResults: async (input) => resultOf(input, (await store.outcomes(input.tune)).outcomes),
    async runBenchmark(target) {
      await broken(Number(target.combination['x']));
      return runBenchmark(target);
    },
  }));
}

const crash = (...values: number[]): ((x: number) => void) => {
  return (x) => {
    if (values.includes(x))
      throw ApplicationFailure.nonRetryable('it crashed', x > 2 ? 'ENGINE_CRASHED' : 'LOAD_FAILED');
  };
};
const tune = (): Tune => new Tune(environment.client, id);
const inWorld = <T>(world: FakeWorld, body: () => Promise<T>): Promise<T> =>
  withWorkers(environment, bundle, world.activities, body);
async function start(file: TaskFile = FILE, ...rest: unknown[]): Promise<Tune> {
  const args = [file, ...rest];
  await environment.client.workflow.start('tuneWorkflow', { workflowId: id, taskQueue: CONTROL_QUEUE, args });
  return tune();
}
const benchmarked = (world: FakeWorld): string[] => world.events.filter((event) => event.startsWith('runBenchmark'));
const numbers = (items: readonly { readonly experimentId: number }[]): number[] =>
  items.map((item) => item.experimentId);

/** What the results file of the latest run is made of. */
async function stored(): Promise<[number, string][]> {
  const { firstRunId } = await tune().history();
  const { outcomes } = await store.outcomes({ taskName: 'test', runId: firstRunId });
  return outcomes.map(({ experimentId, status }) => [experimentId, status]);
}

describe('a retry', () => {
  it('runs again what failed, under the same numbers, and finds the best of all', async () => {
    const broken = worldWhere(crash(3, 2));
    const first = await inWorld(broken, async () => (await start()).result());
    expect(first.answer).toContain('Best of 4: experiment 2 with x=1');
    const { firstRunId } = await tune().history();

    const mended = worldWhere(() => undefined);
    await inWorld(mended, async () => {
      expect(await tune().retryFailed({ dryRun: true })).toEqual([
        { experimentId: 1, combination: { x: 3 }, reason: 'ENGINE_CRASHED' },
        { experimentId: 3, combination: { x: 2 }, reason: 'LOAD_FAILED' },
      ]);
      await tune().retryFailed();
      expect((await tune().result()).answer).toContain('Best of 4: experiment 2 with x=1');
    });
    expect(benchmarked(mended)).toEqual(['runBenchmark 1', 'runBenchmark 3']);
    expect(await stored()).toEqual([1, 2, 3, 4].map((number) => [number, 'succeeded']));
    const history = await tune().history();
    expect(history).toMatchObject({ retryOf: firstRunId, lost: [] });
    expect(numbers(history.outcomes)).toEqual([1, 2, 3, 4]);
    await expect(tune().retryFailed()).rejects.toThrow(TuneRefusedError);
  });

  it('can be told which failures, and be retried itself', async () => {
    await inWorld(worldWhere(crash(3, 2)), async () => (await start()).result());
    await inWorld(
      worldWhere(() => undefined),
      async () => {
        expect(numbers(await tune().retryFailed({ codes: ['LOAD_FAILED'] }))).toEqual([3]);
        await tune().result();
      }
    );
    expect(await stored()).toEqual([
      [1, 'failed'],
      [2, 'succeeded'],
      [3, 'succeeded'],
      [4, 'succeeded'],
    ]);
    const again = worldWhere(() => undefined);
    await inWorld(again, async () => {
      await tune().retryFailed();
      expect((await tune().result()).answer).toContain('Best of 4');
    });
    expect(benchmarked(again)).toEqual(['runBenchmark 1']);
  });

  it('runs again what a failed tune never got to, and no more than the budget was', async () => {
    const world = worldWhere((x) => {
      if (x === 1) throw ApplicationFailure.nonRetryable('there is no llama-server', 'ENGINE_NOT_FOUND');
    });
    const file = { ...FILE, optimization: { strategy: 'grid_search' as const, max_iterations: 3 } };
    await inWorld(world, async () => {
      await expect((await start(file)).result()).rejects.toThrow();
    });
    const mended = worldWhere(() => undefined);
    await inWorld(mended, async () => {
      const again = await tune().retryFailed();
      expect(again.map(({ experimentId, reason }) => [experimentId, reason])).toEqual([
        [2, 'ENGINE_NOT_FOUND'],
        [3, 'lost'],
      ]);
      expect((await tune().result()).answer).toContain('Best of 3: experiment 2 with x=1');
    });
    expect(benchmarked(mended)).toEqual(['runBenchmark 2', 'runBenchmark 3']);
  });

  it('goes on through continue-as-new, with what the earlier runs have measured', async () => {
    const parsed = parseTask(FILE);
    if (!('task' in parsed)) throw new Error('the test task is invalid');
    const carried = { task: parsed.task, state: initialState(4), startedAtMs: Date.now(), continueAfter: 1 };
    await inWorld(worldWhere(crash(3, 4)), async () => (await start(FILE, carried)).result());
    const { runId } = await tune().describe();
    const counts = { succeeded: 2, infeasible: 0, failed: 0, cancelled: 0 };
    const kept = { counts, failures: {}, best: null, finals: NO_FINALS };
    const state = reduce(initialState(0), { type: 'kept', of: 'earlier', again: 2, nextExperimentId: 5, ...kept });
    const mended = worldWhere(() => undefined);
    await inWorld(mended, async () => {
      const retry = await start(FILE, { ...carried, state }, { runId });
      expect((await retry.result()).answer).toContain('Best of 4');
    });
    expect(benchmarked(mended)).toEqual(['runBenchmark 1', 'runBenchmark 4']);
    expect((await stored()).map(([, status]) => status)).toEqual(Array(4).fill('succeeded'));
  });

  it('waits for an experiment of a terminated run that is still taking its engine down', async () => {
    await inWorld(worldWhere(crash(3)), async () => (await start()).result());
    const world = worldWhere(() => undefined);
    const takeDown = world.activities.tearDown;
    let goingDown = (): void => undefined;
    const begun = new Promise<void>((resolve) => (goingDown = resolve));
    world.activities.tearDown = async (target) => {
      if (target.workflowId.endsWith('/1') && world.events.filter((event) => event === 'tearDown 1').length === 0) {
        goingDown();
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
      return takeDown(target);
    };
    await inWorld(world, async () => {
      const parsed = parseTask(FILE);
      if (!('task' in parsed)) throw new Error('the test task is invalid');
      const earlier = { workflowId: id, runId: 'earlier', taskName: 'test' };
      const input = { tune: earlier, task: parsed.task, experimentId: 1, combination: { x: 3 } };
      await environment.client.workflow.start('experimentWorkflow', {
        workflowId: `${id}/1`,
        taskQueue: CONTROL_QUEUE,
        args: [input],
      });
      await begun;
      await tune().retryFailed();
      expect((await tune().result()).answer).toContain('Best of 4');
    });
    expect(world.events.filter((event) => event.endsWith(' 1'))).toEqual(
      [1, 2].flatMap(() => [
        'claimPlace 1',
        'deploy 1',
        'waitUntilServing 1',
        'warmUp 1',
        'runBenchmark 1',
        'tearDown 1',
      ])
    );
  });

  it('refuses while the tune runs, and takes no new combinations', async () => {
    await inWorld(worldWhere(crash(3)), async () => (await start()).result());
    const hanging = worldWhere(async () => {
      const timer = setInterval(() => Context.current().heartbeat(), 50);
      await Context.current().cancelled.finally(() => clearInterval(timer));
    });
    await inWorld(hanging, async () => {
      await tune().retryFailed();
      for (let i = 0; i < 400 && !hanging.events.includes('warmUp 1'); i++)
        await new Promise((resolve) => setTimeout(resolve, 25));
      await expect(tune().retryFailed()).rejects.toThrow(TuneAlreadyRunningError);
      await expect(tune().extend(5)).rejects.toThrow(/start a new tune for more/);
      await tune().cancel();
      await expect(tune().result()).rejects.toThrow();
    });
    expect(await stored()).toEqual([
      [1, 'cancelled'],
      [2, 'succeeded'],
      [3, 'succeeded'],
      [4, 'succeeded'],
    ]);
  });
});
