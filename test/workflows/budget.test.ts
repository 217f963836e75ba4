import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/activity';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { Tune } from '../../src/client/index.js';
import { CONTROL_QUEUE } from '../../src/contracts/task-queues.js';
import { parseTask } from '../../src/domain/task/parse-task.js';
import type { TaskFile } from '../../src/domain/task/task.schema.js';
import { initialState } from '../../src/domain/tuning/tuning-state.js';
import { fakeWorld, measurement, type Activities, type FakeWorld } from '../support/fake-activities.js';
import { recordHistories } from '../support/histories.js';
import { startTimeSkipping, withWorkers, workflowBundle } from '../support/temporal.js';

let environment: TestWorkflowEnvironment;
let bundle: WorkflowBundleWithSourceMap;
let id: string;

beforeAll(async () => {
  environment = await startTimeSkipping();
  bundle = await workflowBundle();
});
afterAll(() => environment?.teardown());
afterEach(async () => {
  if (process.env['RECORD_HISTORIES'] !== '1') return;
  await recordHistories(environment.client.workflow, expect.getState().currentTestName ?? '', id);
});

/** Fifty combinations, the later the slower; the engine's defaults take 100 s. */
function taskFile({ optimization, ...more }: Partial<TaskFile> = {}): TaskFile {
  return {
    task_name: 'test',
    backend: 'process',
    engine: 'llama.cpp',
    model: { name: 'm' },
    parameters: { x: { type: 'int', min: 1, max: 50 } },
    optimization: { strategy: 'grid_search', ...optimization },
    benchmark: { model_name: 'm' },
    ...more,
  };
}

/** @param close every configuration is 6 % better than the defaults, with a noise that three rounds do not tell from that. */
function worldOf(close = false, overrides: (world: FakeWorld) => Partial<Activities> = () => ({})): FakeWorld {
  return fakeWorld((world) => {
    const { runBenchmark } = world.activities;
    return {
      async runBenchmark(target) {
        const x = Number(target.combination['x'] ?? 100);
        const seconds = close ? (x === 100 ? 5.3 : 5) : x;
        const noise = 1 + 0.03 * Math.sin(5 * target.experimentId);
        return { ...(await runBenchmark(target)), measurements: [measurement(seconds * noise)] };
      },
      ...overrides(world),
    };
  });
}

/** Every experiment waits for ten seconds, of which the test server makes nothing. */
function slowWorld(): FakeWorld {
  const tried = new Set<number>();
  return worldOf(false, ({ activities: { deploy } }) => ({
    async deploy(target) {
      await deploy(target);
      if (tried.has(target.experimentId)) return;
      tried.add(target.experimentId);
      throw ApplicationFailure.nonRetryable('accelerator 0 is in use', 'ACCELERATOR_BUSY');
    },
  }));
}

const inWorld = <T>(world: FakeWorld, body: () => Promise<T>): Promise<T> =>
  withWorkers(environment, bundle, world.activities, body);
async function start(file: TaskFile, ...rest: unknown[]): Promise<Tune> {
  id = `tune/${randomUUID()}`;
  const args = [file, ...rest];
  await environment.client.workflow.start('tuneWorkflow', { workflowId: id, taskQueue: CONTROL_QUEUE, args });
  return new Tune(environment.client, id);
}
const roles = ({ outcomes }: FakeWorld, role?: string): number =>
  outcomes.filter((outcome) => outcome.role === role).length;

describe('a budget', () => {
  it('of experiments is of the whole tune, and leaves the finals theirs', async () => {
    const world = worldOf();
    const tune = await inWorld(world, async () => {
      const started = await start(taskFile({ budget: { experiments: 20 } }));
      expect(await started.result()).toMatchObject({
        ended: { reason: 'experiments', stage: 'search' },
        spent: { experiments: 20, budget: { experiments: 20 } },
        verdict: { kind: 'gain', winner: 1, measurements: 9 },
      });
      const { progress } = await started.look();
      expect(progress).toMatchObject({ ended: { reason: 'experiments' }, plan: { limits: { experiments: 20 } } });
      return started;
    });
    expect([roles(world, 'baseline'), roles(world), roles(world, 'final')]).toEqual([1, 10, 9]);
    expect((await tune.result()).answer).toMatch(
      /The search ended after 10 experiments: .* not expected to fit into the budget of 20 experiments\.$/
    );
  });

  it('of experiments is the same through continue-as-new, and whatever runs at once', async () => {
    const world = worldOf();
    const file = taskFile({ budget: { experiments: 9 }, baseline: false, optimization: { parallelism: 3 } });
    const parsed = parseTask(file);
    if (!('task' in parsed)) throw new Error('the test task is invalid');
    const carried = { task: parsed.task, state: initialState(100), startedAtMs: Date.now(), continueAfter: 2 };
    const result = await inWorld(world, async () => (await start(file, carried)).result());
    expect(result).toMatchObject({ totalExperiments: 9, ended: { reason: 'experiments' } });
    expect(world.events.filter((event) => event.startsWith('tearDown'))).toHaveLength(9);
  });

  it('of time ends the search when another experiment would not fit, and what has started is measured', async () => {
    const world = slowWorld();
    const file = taskFile({ budget: { wall_time: 65 }, baseline: false });
    const result = await inWorld(world, async () => (await start(file)).result());
    expect(result.ended).toEqual({ reason: 'wall_time', stage: 'search' });
    expect(result.totalExperiments).toBeGreaterThan(1);
    expect(result.totalExperiments).toBeLessThanOrEqual(6);
    expect(result.successfulExperiments).toBe(result.totalExperiments);
    expect(result.stoppedEarly).toBe(false);
  });

  it('of money counts accelerators from deployment to tear-down', async () => {
    const world = worldOf(false, () => ({
      async deploy() {
        await new Promise((resolve) => setTimeout(resolve, 100));
      },
    }));
    // A tenth of a second of two accelerators costs more than 0.2.
    const cost = { accelerators: 2, price_per_accelerator_hour: 3600, currency: 'EUR' };
    const file = taskFile({ budget: { money: 2 }, cost, baseline: false, optimization: { parallelism: 2 } });
    const result = await inWorld(world, async () => (await start(file)).result());
    expect(result.ended).toEqual({ reason: 'money', stage: 'search' });
    expect(result.totalExperiments).toBeLessThanOrEqual(11);
    expect(result.spent.money).toBeGreaterThan(0.2 * result.totalExperiments);
    expect(result.spent.currency).toBe('EUR');
  });

  it('that is too small for the finals is searched with, and the answer says that it is not verified', async () => {
    const world = worldOf();
    const result = await inWorld(world, async () => (await start(taskFile({ budget: { experiments: 12 } }))).result());
    expect(result).toMatchObject({
      totalExperiments: 11,
      ended: { reason: 'experiments', stage: 'finals' },
      verdict: { kind: 'not_verified', measurements: 0 },
    });
    expect(result.answer).toContain('Not verified: what was left of the budget did not suffice');
  });

  it('that is used up in the finals has a verdict on the rounds so far', async () => {
    const world = worldOf(true);
    const result = await inWorld(world, async () => (await start(taskFile({ budget: { experiments: 25 } }))).result());
    expect(result).toMatchObject({ ended: { reason: 'experiments', stage: 'finals' }, verdict: { kind: 'no_gain' } });
    expect(result.verdict.rounds).toBe(3);
    expect(result.verdict.words).toMatch(/keep the baseline\. .* The budget had no room for more rounds\.$/);
    expect(world.outcomes).toHaveLength(25);
  });

  it('of an A/A tune leaves the noise of what was measured', async () => {
    const world = worldOf();
    const file = taskFile({ aa: 10, budget: { experiments: 4 } });
    const result = await inWorld(world, async () => (await start(file)).result());
    expect(result).toMatchObject({
      ended: { reason: 'experiments', stage: 'finals' },
      verdict: { kind: 'noise', rounds: 4 },
    });
  });

  it('of time does not let an experiment wait for a place when it is over', async () => {
    const world = worldOf();
    const control = await Worker.create({
      connection: environment.nativeConnection,
      activities: world.activities,
      workflowBundle: bundle,
      taskQueue: CONTROL_QUEUE,
    });
    const result = await control.runUntil(async () =>
      (await start(taskFile({ budget: { wall_time: 2 }, baseline: false }))).result()
    );
    expect(world.outcomes).toMatchObject([{ status: 'cancelled', attempts: 1 }]);
    expect(result).toMatchObject({ successfulExperiments: 0, ended: { reason: 'wall_time' } });
  });
});

describe('a search', () => {
  const stop_when = { expected_improvement: 0.01, in_a_row: 3 };

  it('ends when the model expects nothing more of it, and the finals follow', async () => {
    const expected = [undefined, undefined, 0.2, 0.004, 0.02, 0.004, 0.002, 0.001, 0.001];
    const budgets = new Set<number | undefined>();
    const world = worldOf(false, ({ activities: { suggest } }) => ({
      async suggest(input) {
        budgets.add(input.history?.budget);
        const next = expected[input.history?.observations.length ?? 0];
        return { ...(await suggest(input)), ...(next === undefined ? {} : { expectedImprovement: next }) };
      },
    }));
    const file = taskFile({ optimization: { strategy: 'bayesian', max_iterations: 40, stop_when } });
    const result = await inWorld(world, async () => (await start(file)).result());
    // The eighth suggestion is the third in a row, and is not measured.
    expect(result).toMatchObject({ totalExperiments: 7, ended: { reason: 'expected_improvement', stage: 'search' } });
    expect(result.verdict.kind).toBe('gain');
    expect(result.answer).toContain('was expected to improve the best by less than 1 %, 3 times in a row.');
    // Even where all could be tried, the order counts.
    expect([...budgets]).toEqual([0]);
  });

  it('goes on when it is extended all the same', async () => {
    let isExtended = false;
    const tunes: Tune[] = [];
    const world = worldOf(false, ({ activities: { suggest, planFinals } }) => ({
      async suggest(input) {
        return { ...(await suggest(input)), expectedImprovement: 0 };
      },
      async planFinals(input) {
        if (!isExtended) await tunes[0]?.extend(5);
        isExtended = true;
        return planFinals(input);
      },
    }));
    const file = taskFile({
      ...{ optimization: { strategy: 'bayesian', stop_when } },
      ...{ baseline: false },
    });
    const result = await inWorld(world, async () => {
      tunes.push(await start(file));
      return tunes[0]?.result();
    });
    expect(result).toMatchObject({ totalExperiments: 4, ended: { reason: 'expected_improvement' } });
  });
});
