import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ApplicationFailure, Context } from '@temporalio/activity';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { readTuneHistory } from '../../src/client/tune-history.js';
import { RECORDING } from '../../src/contracts/policies.js';
import { extendUpdate, pauseUpdate, progressQuery, resumeUpdate, stopUpdate } from '../../src/contracts/messages.js';
import type { SuggestInput } from '../../src/contracts/activities.js';
import { CONTROL_QUEUE } from '../../src/contracts/task-queues.js';
import { experimentWorkflowId } from '../../src/domain/names.js';
import type { TaskFile } from '../../src/domain/task/task.schema.js';
import { initialState } from '../../src/domain/tuning/tuning-state.js';
import { parseTask } from '../../src/domain/task/parse-task.js';
import type { tuneWorkflow } from '../../src/workflows/index.js';
import { fakeWorld, measurement, type FakeWorld } from '../support/fake-activities.js';
import { recordHistories } from '../support/histories.js';
import { startTimeSkipping, withWorkers, workflowBundle } from '../support/temporal.js';

let environment: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  environment = await startTimeSkipping();
  bundle = await workflowBundle();
});
afterAll(() => environment?.teardown());

/** The tunes of the running test. */
const started: string[] = [];
// `npm run histories` keeps what these tests did for the replay suite.
afterEach(async () => {
  const tuneIds = started.splice(0);
  if (process.env['RECORD_HISTORIES'] !== '1') return;
  const name = expect.getState().currentTestName?.replace('tuneWorkflow ', '') ?? '';
  for (const tuneId of tuneIds) await recordHistories(environment.client.workflow, name, tuneId);
});

function taskFile(optimization: TaskFile['optimization'] = {}, more: Partial<TaskFile> = {}): TaskFile {
  return {
    task_name: 'test',
    backend: 'process',
    engine: 'llama.cpp',
    model: { name: 'm' },
    parameters: { x: { type: 'choice', values: [3, 1, 2, 4] } },
    optimization: { strategy: 'grid_search', ...optimization },
    // test/workflows/verdict.test.ts has it.
    baseline: false,
    benchmark: { model_name: 'm' },
    ...more,
  };
}

type Handle = WorkflowHandle<typeof tuneWorkflow>;

function start(file: unknown, ...rest: unknown[]): Promise<Handle> {
  const workflowId = `tune/${randomUUID()}`;
  started.push(workflowId);
  return environment.client.workflow.start('tuneWorkflow', {
    workflowId,
    taskQueue: CONTROL_QUEUE,
    args: [file, ...rest],
  }) as Promise<Handle>;
}

const inWorld = <T>(world: FakeWorld, body: () => Promise<T>): Promise<T> =>
  withWorkers(environment, bundle, world.activities, body);

const count = (world: FakeWorld, prefix: string): number =>
  world.events.filter((event) => event.startsWith(prefix)).length;

async function failureOf(handle: Handle): Promise<ApplicationFailure> {
  const error = await handle.result().then(
    () => null,
    (thrown: unknown) => thrown
  );
  expect(error).toBeInstanceOf(WorkflowFailedError);
  return (error as WorkflowFailedError).cause as ApplicationFailure;
}

/** An activity that hangs until it is cancelled, as a benchmark does. */
async function untilCancelled(): Promise<never> {
  const timer = setInterval(() => Context.current().heartbeat(), 50);
  try {
    return await Context.current().cancelled;
  } finally {
    clearInterval(timer);
  }
}

const waitFor = async (condition: () => boolean): Promise<void> => {
  for (let i = 0; i < 400 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 25));
  expect(condition()).toBe(true);
};

describe('tuneWorkflow', () => {
  it('measures every combination once, takes every engine down, and names the best', async () => {
    const world = fakeWorld();
    const result = await inWorld(world, async () => (await start(taskFile())).result());
    expect(result).toMatchObject({ totalExperiments: 4, successfulExperiments: 4, stoppedEarly: false });
    expect(result.answer).toContain('experiment 2 with x=1');
    expect(count(world, 'runBenchmark')).toBe(4);
    expect(count(world, 'tearDown')).toBe(4);
    expect(world.events.slice(-2)).toEqual(['writeResults', 'recordTune']);
  });

  it('stops at max_iterations', async () => {
    const world = fakeWorld();
    const result = await inWorld(world, async () => (await start(taskFile({ max_iterations: 2 }))).result());
    expect(result.totalExperiments).toBe(2);
  });

  it('runs no more experiments at once than parallelism', async () => {
    let running = 0;
    let most = 0;
    const world = fakeWorld(() => ({
      async deploy() {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 50));
      },
      async tearDown() {
        running--;
        return { leaks: [] };
      },
    }));
    await inWorld(world, async () => (await start(taskFile({ parallelism: 2 }))).result());
    expect(most).toBe(2);
    expect(running).toBe(0);
  });

  it.each(['deploy', 'waitUntilServing', 'warmUp', 'runBenchmark'] as const)(
    'a combination that fails in %s is a result: taken down, recorded, and the tune goes on',
    async (step) => {
      const world = fakeWorld(({ activities }) => {
        const original = activities[step] as (target: { combination: Record<string, unknown> }) => Promise<never>;
        return {
          [step]: async (target: { combination: Record<string, unknown> }) => {
            if (target.combination['x'] === 1) {
              throw ApplicationFailure.nonRetryable('it ran out of memory', 'OUT_OF_MEMORY', ['the last line']);
            }
            return original(target);
          },
        };
      });
      const result = await inWorld(world, async () => (await start(taskFile())).result());
      expect(result).toMatchObject({ totalExperiments: 4, successfulExperiments: 3 });
      expect(result.answer).toContain('x=2');
      expect(count(world, 'tearDown')).toBe(4);
      expect(world.outcomes.find((outcome) => outcome.status === 'failed')).toMatchObject({
        combination: { x: 1 },
        score: null,
        failure: { code: 'OUT_OF_MEMORY', message: 'it ran out of memory', evidence: ['the last line'] },
      });
    }
  );

  it('answers clearly when nothing is feasible', async () => {
    const world = fakeWorld(() => ({
      async runBenchmark() {
        throw ApplicationFailure.nonRetryable('no request completed', 'LOAD_FAILED');
      },
    }));
    const result = await inWorld(world, async () => (await start(taskFile())).result());
    expect(result.answer).toBe('No feasible configuration among 4: LOAD_FAILED 4 times.');
  });

  it('never names what misses an SLO, records it with its score, and shows the nearest when nothing holds', async () => {
    const slo = (max: number): Partial<TaskFile> => ({ slos: [{ metric: 'e2e_latency', statistic: 'p95', max }] });
    const maximum = { metric: 'e2e_latency', statistic: 'mean', direction: 'maximize' } as const;
    const world = fakeWorld();
    const best = await inWorld(world, async () => (await start(taskFile({ objective: maximum }, slo(2.5)))).result());
    expect(best).toMatchObject({ totalExperiments: 4, successfulExperiments: 2 });
    expect(best.answer).toBe('Best of 4: experiment 3 with x=2, e2e latency mean 2.000 s. 2 miss an SLO.');
    expect(world.outcomes.find(({ combination }) => combination['x'] === 4)).toMatchObject({
      ...{ status: 'infeasible', score: -4, failure: null },
      slo: { violation: 0.6, misses: [{ metric: 'e2e_latency', value: 4, max: 2.5 }] },
    });
    const none = await inWorld(fakeWorld(), async () => (await start(taskFile({}, slo(0.8)))).result());
    expect(none).toMatchObject({ totalExperiments: 4, successfulExperiments: 0 });
    expect(none.answer).toMatch(
      /^No feasible configuration among 4: 4 miss an SLO\. The nearest is experiment 2 with x=1,/
    );
  });

  it('keeps the front of several objectives through continue-as-new', async () => {
    const world = fakeWorld(() => ({
      async runBenchmark({ combination }) {
        const x = Number(combination['x']);
        const measurements = [measurement(x, [0, 10, 30, 20, 40][x])];
        return {
          measurements,
          toolVersion: 's',
          toolSeconds: 0,
          artifactsUri: 'file:///n',
          loadAverage: 0,
          prefixCache: 'off',
        };
      },
    }));
    const file = taskFile({ objective: ['minimize_latency', 'maximize_throughput'] });
    const parsed = parseTask(file);
    if (!('task' in parsed)) throw new Error('the test task is invalid');
    const state = { ...initialState(4) };
    const carried = { task: parsed.task, state, startedAtMs: Date.now(), continueAfter: 2 };
    const result = await inWorld(world, async () => (await start(file, carried)).result());
    expect(result.answer).toContain('experiment 2 with x=1, e2e latency mean 1.000 s, output throughput 10.00 tok/s.');
    expect(result.answer).toContain('better in another: experiment 3 (balanced), 4.');
  });

  it('tells the worst load by the baseline: the others wait for it, and all are scored alike', async () => {
    const world = fakeWorld(({ events }) => ({
      async runBenchmark({ combination, experimentId }) {
        events.push(`begin ${experimentId}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
        events.push(`end ${experimentId}`);
        const measurements = [measurement(Number(combination['x'] ?? 2))];
        return {
          measurements,
          toolVersion: 's',
          toolSeconds: 0,
          artifactsUri: 'file:///n',
          loadAverage: 0,
          prefixCache: 'off',
        };
      },
    }));
    const file = {
      ...taskFile({ over_loads: 'worst', parallelism: 3 }),
      ...{ baseline: true, verification: { finalists: 0 } },
      parameters: { x: { type: 'choice' as const, values: [3, 1] } },
    };
    const result = await inWorld(world, async () => (await start(file)).result());
    const steps = world.events.filter((event) => /^(?:begin|end) /.test(event));
    expect(steps.slice(0, 2)).toEqual(['begin 0', 'end 0']);
    expect(world.outcomes.map(({ experimentId, score, relative }) => [experimentId, score, relative]).sort()).toEqual([
      [0, 1, true],
      [1, 1.5, true],
      [2, 0.5, true],
    ]);
    expect(result.answer).toContain(
      "experiment 2 with x=1, e2e latency mean 0.500 of the baseline's at the worst load"
    );
  });

  it('refuses a number of accelerators without an answer before anything is deployed', async () => {
    const world = fakeWorld();
    const file = taskFile({ max_iterations: 1 });
    const parsed = parseTask(file);
    if (!('task' in parsed)) throw new Error('the test task is invalid');
    const task = { ...parsed.task, cost: { accelerators: 'x - 3', currency: 'USD' } };
    const carried = { task, state: initialState(1), startedAtMs: Date.now() };
    const failure = await inWorld(world, async () => failureOf(await start(file, carried)));
    expect(failure).toMatchObject({ type: 'INVALID_TASK', message: 'gives 0 accelerators, which must be above 0' });
    expect(count(world, 'claimPlace')).toBe(0);
  });

  it('retries infrastructure trouble', async () => {
    let calls = 0;
    const world = fakeWorld(() => ({
      async deploy() {
        if (++calls === 1) throw new Error('connection reset');
      },
    }));
    const result = await inWorld(world, async () => (await start(taskFile({ max_iterations: 1 }))).result());
    expect(result.successfulExperiments).toBe(1);
    expect(calls).toBe(2);
  });

  it('ends at once when every further experiment would fail in the same way', async () => {
    const world = fakeWorld(() => ({
      async deploy() {
        throw ApplicationFailure.nonRetryable('there is no llama-server', 'ENGINE_NOT_FOUND');
      },
    }));
    const failure = await inWorld(world, async () => failureOf(await start(taskFile())));
    expect(failure).toMatchObject({ type: 'ENGINE_NOT_FOUND', message: 'there is no llama-server' });
    expect(count(world, 'tearDown')).toBe(1);
    expect(world.events.slice(-2)).toEqual(['writeResults', 'recordTune']);
  });

  it('keeps a measurement that cannot be stored in the history, and fails with the reason', async () => {
    const world = fakeWorld(() => ({
      async recordOutcome() {
        throw ApplicationFailure.nonRetryable('no space left on device', 'RESULTS_UNWRITABLE');
      },
    }));
    await inWorld(world, async () => {
      const handle = await start(taskFile());
      expect(await failureOf(handle)).toMatchObject({
        type: 'RESULTS_UNWRITABLE',
        message: 'no space left on device',
      });
      const { runId } = await handle.describe();
      const { outcomes } = await readTuneHistory(environment.client, handle.workflowId, runId);
      expect(outcomes).toMatchObject([{ experimentId: 1, status: 'succeeded', measurements: [{ concurrency: 1 }] }]);
    });
    expect(count(world, 'tearDown')).toBe(1);
  });

  it('refuses a bad task file with every error', async () => {
    const failure = await inWorld(fakeWorld(), async () => failureOf(await start({ task_name: '$(reboot)' })));
    expect(failure.type).toBe('INVALID_TASK');
    expect(failure.message).toContain('must be 1 to 63');
  });

  it('another host takes a fresh attempt when the first is gone for good', async () => {
    const names: string[] = [];
    const world = fakeWorld(() => ({
      async claimPlace(target) {
        names.push(target.name);
        return names.length === 1 ? { hostId: 'gone', hostName: 'gone' } : { hostId: 'here', hostName: 'here' };
      },
    }));
    const result = await inWorld(world, async () => {
      const handle = await start(taskFile({ max_iterations: 1 }, { timeouts: { host_lost: 1 } }));
      return handle.result();
    });
    expect(result.successfulExperiments).toBe(1);
    expect(world.outcomes[0]).toMatchObject({ attempts: 2, provenance: { host: 'here' } });
    expect(new Set(names).size).toBe(2);
  });

  it('gives up when one host after the other goes away, and blames no combination', async () => {
    const world = fakeWorld(() => ({
      async claimPlace() {
        return { hostId: 'gone', hostName: 'gone' };
      },
    }));
    const file = taskFile({ max_iterations: 1 }, { timeouts: { host_lost: 1 } });
    const failure = await inWorld(world, async () => failureOf(await start(file)));
    expect(failure.type).toBe('HOST_LOST');
    expect(world.outcomes).toEqual([]);
  });

  it('gives its place back while the accelerators are in use, and is no failure, however often', async () => {
    let tries = 0;
    const world = fakeWorld(({ activities: { deploy } }) => ({
      async deploy(target) {
        await deploy(target);
        if (++tries <= 4) throw ApplicationFailure.nonRetryable('accelerator 0 is in use', 'ACCELERATOR_BUSY');
      },
    }));
    const result = await inWorld(world, async () => (await start(taskFile({ max_iterations: 1 }))).result());
    expect(result.successfulExperiments).toBe(1);
    expect(world.outcomes).toMatchObject([{ attempts: 5, failure: null }]);
    expect([count(world, 'claimPlace'), count(world, 'tearDown'), count(world, 'runBenchmark')]).toEqual([5, 5, 1]);
  });

  it('gives back the place that a host was handing out when the experiment was cancelled', async () => {
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const world = fakeWorld(({ activities: { claimPlace } }) => ({
      async claimPlace(target) {
        const place = await claimPlace(target);
        await answered;
        return place;
      },
    }));
    await inWorld(world, async () => {
      const handle = await start(taskFile());
      await waitFor(() => count(world, 'claimPlace') === 1);
      await handle.executeUpdate(stopUpdate);
      const experiment = environment.client.workflow.getHandle(experimentWorkflowId(handle.workflowId, 1));
      const isCancelled = async (): Promise<boolean> =>
        ((await experiment.fetchHistory()).events ?? []).some(
          (event) => event.activityTaskCancelRequestedEventAttributes
        );
      while (!(await isCancelled())) await new Promise((resolve) => setTimeout(resolve, 25));
      answer();
      expect(await handle.result()).toMatchObject({ stoppedEarly: true, successfulExperiments: 0 });
    });
    expect([count(world, 'claimPlace'), count(world, 'deploy'), count(world, 'tearDown')]).toEqual([1, 0, 1]);
  });

  it('an experiment that takes too long is cancelled, taken down, and failed', async () => {
    const world = fakeWorld(() => ({ runBenchmark: untilCancelled }));
    const file = taskFile({ max_iterations: 1 }, { timeouts: { experiment: 5 } });
    const result = await inWorld(world, async () => (await start(file)).result());
    expect(result.answer).toContain('EXPERIMENT_TIMEOUT');
    expect(count(world, 'tearDown')).toBe(1);
  });

  it('cancelled: takes the engine down, writes what there is, and ends as cancelled', async () => {
    const world = fakeWorld(() => ({ runBenchmark: untilCancelled }));
    await inWorld(world, async () => {
      const handle = await start(taskFile());
      await waitFor(() => count(world, 'warmUp') === 1);
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
      expect((await handle.describe()).status.name).toBe('CANCELLED');
    });
    expect(count(world, 'deploy')).toBe(1);
    expect(world.events.slice(-3)).toEqual(['tearDown 1', 'writeResults', 'recordTune']);
    expect(world.outcomes[0]?.status).toBe('cancelled');
  });

  it('ends as it would have when the history cannot be written', async () => {
    const world = fakeWorld(({ events }) => ({
      async recordTune() {
        events.push('recordTune');
        throw new Error('the database is away');
      },
    }));
    const result = await inWorld(world, async () => (await start(taskFile({ max_iterations: 1 }))).result());
    expect(result.answer).toContain('experiment 1');
    expect(count(world, 'recordTune')).toBe(RECORDING.retry?.maximumAttempts);
  });

  it('is kept in the history when its results cannot be written, and fails with the reason', async () => {
    const world = fakeWorld(() => ({
      async writeResults() {
        throw ApplicationFailure.nonRetryable('no space left on device', 'RESULTS_UNWRITABLE');
      },
    }));
    const failure = await inWorld(world, async () => failureOf(await start(taskFile({ max_iterations: 1 }))));
    expect(failure.type).toBe('RESULTS_UNWRITABLE');
    expect(world.events.at(-1)).toBe('recordTune');
  });

  it('stop: finishes with the best so far', async () => {
    const world = fakeWorld(({ activities: { runBenchmark } }) => ({
      runBenchmark: (target) => (target.experimentId < 3 ? runBenchmark(target) : untilCancelled()),
    }));
    await inWorld(world, async () => {
      const handle = await start(taskFile());
      await waitFor(() => count(world, 'warmUp') === 3);
      expect(await handle.executeUpdate(stopUpdate)).toBe('stopping with the best of 2 experiments');
      const result = await handle.result();
      expect(result).toMatchObject({ totalExperiments: 3, successfulExperiments: 2, stoppedEarly: true });
      expect(result.answer).toContain('x=1');
    });
    expect(count(world, 'tearDown')).toBe(3);
  });

  it('pause starts nothing new, resume goes on, extend allows more', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const world = fakeWorld(({ activities: { runBenchmark } }) => ({
      runBenchmark: async (target) => {
        await gate;
        return runBenchmark(target);
      },
    }));
    await inWorld(world, async () => {
      const handle = await start(taskFile({ max_iterations: 2 }));
      await waitFor(() => count(world, 'warmUp') === 1);
      await handle.executeUpdate(pauseUpdate);
      release();
      await waitFor(() => world.outcomes.length === 1);
      expect((await handle.query(progressQuery)).phase).toBe('paused');
      await expect(handle.executeUpdate(extendUpdate, { args: [{ iterations: -1 }] })).rejects.toThrow();
      expect(await handle.executeUpdate(extendUpdate, { args: [{ iterations: 1 }] })).toBe('up to 3 experiments');
      expect(count(world, 'deploy')).toBe(1);
      await handle.executeUpdate(resumeUpdate);
      expect((await handle.result()).totalExperiments).toBe(3);
    });
  });

  it('continues as new with nothing lost and nothing measured twice', async () => {
    const world = fakeWorld();
    const parsed = parseTask(taskFile({ parallelism: 2 }));
    if (!('task' in parsed)) throw new Error('the test task is invalid');
    const carried = { task: parsed.task, state: initialState(4), startedAtMs: Date.now(), continueAfter: 1 };
    await inWorld(world, async () => {
      const handle = await start(taskFile(), carried);
      const first = (await handle.describe()).runId;
      const result = await handle.result();
      expect(result).toMatchObject({ totalExperiments: 4, successfulExperiments: 4 });
      expect(result.answer).toContain('x=1');
      expect((await environment.client.workflow.getHandle(handle.workflowId).describe()).runId).not.toBe(first);
    });
    expect(world.outcomes.map((outcome) => outcome.experimentId).sort()).toEqual([1, 2, 3, 4]);
  });

  describe('with a strategy that learns', () => {
    const learning = (more: TaskFile['optimization'] = {}): TaskFile =>
      taskFile(
        { strategy: 'bayesian', max_iterations: 9, ...more },
        { parameters: { x: { type: 'int', min: 1, max: 30 } } }
      );
    const tried = (world: FakeWorld): unknown[] => world.outcomes.map(({ combination }) => combination['x']);

    /** A world that keeps what was asked for suggestions. */
    function asking(overrides: Parameters<typeof fakeWorld>[0] = () => ({})): FakeWorld & { asked: SuggestInput[] } {
      const asked: SuggestInput[] = [];
      const world = fakeWorld((inner) => {
        const { suggest } = inner.activities;
        const noted: typeof suggest = (input) => {
          asked.push(input);
          return suggest(input);
        };
        return { suggest: noted, ...overrides(inner) };
      });
      return Object.assign(world, { asked });
    }

    it('asks before each experiment, tells all that was learned, and repeats nothing', async () => {
      const world = asking(({ activities: { runBenchmark } }) => ({
        async runBenchmark(target) {
          if (Number(target.combination['x']) % 3 === 0)
            throw ApplicationFailure.nonRetryable('gone', 'ENGINE_CRASHED');
          return runBenchmark(target);
        },
      }));
      const result = await inWorld(world, async () => (await start(learning())).result());
      expect(result).toMatchObject({ totalExperiments: 9, successfulExperiments: 6 });
      expect(new Set(tried(world)).size).toBe(9);
      expect(world.asked.map(({ count: wanted, history }) => [wanted, history?.observations.length])).toEqual(
        Array.from({ length: 9 }, (_, i) => [1, i])
      );
      expect(world.asked.at(-1)?.history?.observations.slice(0, 3)).toEqual([
        { index: 0, scores: [1], violation: 0 },
        { index: 1, scores: [2], violation: 0 },
        { index: 2, scores: null, violation: 0 },
      ]);
    });

    it('asks for as many as may start, and tells what is under way', async () => {
      const world = asking(({ activities: { runBenchmark } }) => ({
        async runBenchmark(target) {
          await new Promise((resolve) => setTimeout(resolve, 20 * target.experimentId));
          return runBenchmark(target);
        },
      }));
      await inWorld(world, async () => (await start(learning({ parallelism: 3 }))).result());
      expect(new Set(tried(world)).size).toBe(9);
      expect(world.asked[0]).toMatchObject({ count: 3, history: { budget: 9, observations: [], pending: [] } });
      for (const { count: wanted, history } of world.asked) {
        const { observations, pending } = history ?? { observations: [], pending: [] };
        expect(wanted + pending.length).toBe(Math.min(3, 9 - observations.length));
      }
    });

    it('ends cleanly when every combination fails', async () => {
      const world = asking(() => ({
        async deploy() {
          throw ApplicationFailure.nonRetryable('it ran out of memory', 'OUT_OF_MEMORY');
        },
      }));
      const result = await inWorld(world, async () => (await start(learning())).result());
      expect(result.answer).toBe('No feasible configuration among 9: OUT_OF_MEMORY 9 times.');
      expect(new Set(tried(world)).size).toBe(9);
      expect(world.events.slice(-2)).toEqual(['writeResults', 'recordTune']);
    });

    it('tries everything where the budget covers it, and ends when nothing is left', async () => {
      const world = asking();
      const file = { ...learning({ max_iterations: 100 }), constraints: ['x % 5 == 0'] };
      const result = await inWorld(world, async () => (await start(file)).result());
      expect(result.totalExperiments).toBe(6);
      expect(tried(world).toSorted()).toEqual([10, 15, 20, 25, 30, 5]);
    });

    it('carries what was learned through continue-as-new, and more budget', async () => {
      const world = asking();
      const parsed = parseTask(learning());
      if (!('task' in parsed)) throw new Error('the task is wrong');
      const carried = { task: parsed.task, state: initialState(4), startedAtMs: Date.now(), continueAfter: 2 };
      await inWorld(world, async () => (await start(learning(), carried)).result());
      expect(world.asked.map(({ history }) => [history?.budget, history?.observations.length])).toEqual(
        Array.from({ length: 4 }, (_, i) => [4, i])
      );
      expect(new Set(tried(world)).size).toBe(4);
    });

    it('fails with the reason when nothing can be suggested', async () => {
      const world = asking(() => ({
        async suggest() {
          throw ApplicationFailure.nonRetryable('its Python packages are not on this machine', 'OPTIMIZER_FAILED');
        },
      }));
      const failure = await inWorld(world, async () => failureOf(await start(learning())));
      expect(failure.type).toBe('OPTIMIZER_FAILED');
      expect(world.events.slice(-2)).toEqual(['writeResults', 'recordTune']);
    });
  });
});
