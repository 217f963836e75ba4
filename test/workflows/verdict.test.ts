import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ApplicationFailure, Context } from '@temporalio/activity';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { createRetryActivities } from '../../src/activities/retry.js';
import { Tune } from '../../src/client/index.js';
import { readTuneHistory } from '../../src/client/tune-history.js';
import type { ExperimentTarget, SuggestInput } from '../../src/contracts/activities.js';
import { CONTROL_QUEUE } from '../../src/contracts/task-queues.js';
import type { TaskFile } from '../../src/domain/task/task.schema.js';
import { reduce } from '../../src/domain/tuning/tuning-reducer.js';
import { initialState } from '../../src/domain/tuning/tuning-state.js';
import { Redactor } from '../../src/platform/redactor.js';
import { RunStore } from '../../src/platform/run-store.js';
import { fakeWorld, measurement, resultOf, type FakeWorld } from '../support/fake-activities.js';
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
  const name = expect.getState().currentTestName ?? '';
  await recordHistories(environment.client.workflow, name, id);
});

/** The engine's defaults take 4 s; the parameter is the seconds. */
function taskFile(more: Partial<TaskFile> = {}): TaskFile {
  return {
    task_name: 'test',
    backend: 'process',
    engine: 'llama.cpp',
    model: { name: 'm' },
    parameters: { x: { type: 'choice', values: [3, 1, 2, 5] } },
    optimization: { strategy: 'grid_search' },
    benchmark: { model_name: 'm' },
    ...more,
  };
}

const seconds = ({ combination }: Pick<ExperimentTarget, 'combination'>): number => Number(combination['x'] ?? 4);

/** @param broken what the benchmark does before it measures. */
function worldWhere(
  broken: (target: ExperimentTarget, world: FakeWorld) => Promise<void> | void = () => undefined
): FakeWorld {
  return fakeWorld((world) => {
    const { runBenchmark } = world.activities;
    return {
      async runBenchmark(target) {
        await broken(target, world);
        const noise = 1 + 0.02 * Math.sin(5 * target.experimentId);
        return { ...(await runBenchmark(target)), measurements: [measurement(seconds(target) * noise)] };
      },
    };
  });
}

const inWorld = <T>(world: FakeWorld, body: () => Promise<T>): Promise<T> =>
  withWorkers(environment, bundle, world.activities, body);
async function start(file: TaskFile = taskFile(), ...rest: unknown[]): Promise<Tune> {
  id = `tune/${randomUUID()}`;
  const args = [file, ...rest];
  await environment.client.workflow.start('tuneWorkflow', { workflowId: id, taskQueue: CONTROL_QUEUE, args });
  return new Tune(environment.client, id);
}
const benchmarked = ({ events }: FakeWorld): number[] =>
  events.filter((event) => event.startsWith('runBenchmark')).map((event) => Number(event.split(' ')[1]));
const rolesOf = ({ outcomes }: FakeWorld): string[] =>
  outcomes.map(({ role, of, round }) => (role === 'final' ? `${round}: ${of}` : (role ?? 'search')));

async function hang(): Promise<void> {
  const timer = setInterval(() => Context.current().heartbeat(), 50);
  await Context.current().cancelled.finally(() => clearInterval(timer));
}
async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !condition(); i++) await new Promise((resolve) => setTimeout(resolve, 25));
  expect(condition()).toBe(true);
}

describe('a verdict', () => {
  it('comes from the baseline, measured first, and the finals, round by round in changing order', async () => {
    const world = worldWhere();
    const result = await inWorld(world, async () => (await start()).result());
    expect(benchmarked(world)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    expect(rolesOf(world)).toEqual([
      ...['baseline', 'search', 'search', 'search', 'search'],
      ...['1: 0', '1: 2', '1: 3', '2: 2', '2: 3', '2: 0', '3: 3', '3: 0', '3: 2'],
    ]);
    expect(result.verdict).toMatchObject({ kind: 'gain', winner: 2, rounds: 3, measurements: 9 });
    expect(result.verdict.gain?.percent).toBeCloseTo(75, 0);
    expect(result).toMatchObject({ totalExperiments: 4, best: { experiment_id: 2 } });
    expect(result.answer).toMatch(/^Best of 4: experiment 2 with x=1, .* Verified: experiment 2 is 7\d\.\d % better/);
    expect(world.events.filter((event) => event.startsWith('tearDown'))).toHaveLength(14);
  });

  it('is that of the running parameters, where the task gives them', async () => {
    const world = worldWhere();
    const result = await inWorld(world, async () =>
      (await start(taskFile({ baseline: { parameters: { x: 1 } } }))).result()
    );
    expect(world.outcomes[0]).toMatchObject({ experimentId: 0, combination: { x: 1 } });
    expect(result.verdict).toMatchObject({ kind: 'no_gain', winner: null });
    expect(result.answer).toContain('No significant gain: keep the baseline.');
  });

  it('says so when the baseline does not work, and the tune goes on', async () => {
    const world = worldWhere(({ experimentId }) => {
      if (experimentId === 0) throw ApplicationFailure.nonRetryable('it ran out of memory', 'OUT_OF_MEMORY');
    });
    const result = await inWorld(world, async () => (await start()).result());
    expect(rolesOf(world)).toEqual(['baseline', 'search', 'search', 'search', 'search']);
    expect(result).toMatchObject({ totalExperiments: 4, best: { experiment_id: 2 } });
    expect(result.verdict).toMatchObject({ kind: 'baseline_failed', winner: null });
    expect(result.answer).toContain('The baseline does not work (OUT_OF_MEMORY: it ran out of memory)');
  });

  it('is not there when the tune is stopped in the search', async () => {
    const world = worldWhere(({ experimentId }) => (experimentId === 3 ? hang() : undefined));
    const result = await inWorld(world, async () => {
      const tune = await start();
      await until(() => world.events.includes('warmUp 3'));
      await tune.stop();
      return tune.result();
    });
    expect(result.verdict.kind).toBe('not_verified');
    expect(result.answer).toMatch(/Best of 3: experiment 2 .* Not verified: the tune ended before/);
  });

  it('is not there when the tune is stopped in the finals, and the best of the search is the answer', async () => {
    const world = worldWhere(({ experimentId }) => (experimentId === 8 ? hang() : undefined));
    const result = await inWorld(world, async () => {
      const tune = await start();
      await until(() => world.events.includes('warmUp 8'));
      expect(await tune.stop()).toContain('the best of 4 experiments');
      return tune.result();
    });
    expect(result).toMatchObject({ stoppedEarly: true, verdict: { kind: 'not_verified', measurements: 4 } });
    expect(result.answer).toMatch(/Best of 4: experiment 2 .* Not verified/);
    expect(world.events.slice(-3)).toEqual(['tearDown 8', 'writeResults', 'recordTune']);
  });

  it('is waited for while paused in the finals, and a cancelled tune takes the final measurement down', async () => {
    let isPaused = false;
    const world = worldWhere(({ experimentId }) => {
      if (experimentId === 7) return hang();
      return experimentId === 5 ? until(() => isPaused) : undefined;
    });
    await inWorld(world, async () => {
      const tune = await start();
      await until(() => world.events.includes('warmUp 5'));
      await tune.pause();
      isPaused = true;
      await until(() => world.outcomes.length === 6);
      expect((await tune.progress()).phase).toBe('paused');
      expect(world.events).not.toContain('deploy 6');
      await tune.resume();
      await until(() => world.events.includes('warmUp 7'));
      await tune.cancel();
      await expect(tune.result()).rejects.toThrow();
    });
    expect(world.events.slice(-3)).toEqual(['tearDown 7', 'writeResults', 'recordTune']);
    expect(world.outcomes.at(-1)).toMatchObject({ role: 'final', status: 'cancelled' });
  });

  it('is the same through continue-as-new in every stage', async () => {
    const world = worldWhere();
    const result = await inWorld(world, async () => {
      const parsed = await world.activities.prepareTask(taskFile());
      const opened = reduce(initialState(4), { type: 'baseline', combination: {} });
      const tune = await start(taskFile(), { task: parsed, state: opened, startedAtMs: Date.now(), continueAfter: 2 });
      const first = (await tune.describe()).runId;
      const ended = await tune.result();
      expect((await tune.describe()).runId).not.toBe(first);
      expect((await tune.history()).lost).toEqual([]);
      return ended;
    });
    expect(benchmarked(world)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    expect(result.verdict).toMatchObject({ kind: 'gain', winner: 2 });
  });

  it('is on those whom the model of the search ranks first, through continue-as-new', async () => {
    const world = worldWhere();
    const { suggest } = world.activities;
    const asked: SuggestInput[] = [];
    world.activities.suggest = async (input) => {
      if (input.count > 0) return suggest(input);
      asked.push(input);
      // The numbers of 2 s and 3 s; the lowest score has 1 s.
      return { combinations: [], indices: [], cursor: input.cursor, exhausted: false, leaders: [2, 0] };
    };
    const file = taskFile({ optimization: { strategy: 'bayesian', max_iterations: 4 } });
    const result = await inWorld(world, async () => {
      const parsed = await world.activities.prepareTask(file);
      const opened = reduce(initialState(4), { type: 'baseline', combination: {} });
      return (await start(file, { task: parsed, state: opened, startedAtMs: Date.now(), continueAfter: 3 })).result();
    });
    expect(asked).toMatchObject([{ history: { pending: [] } }]);
    expect(asked[0]?.history?.observations).toHaveLength(4);
    const finals = world.outcomes.filter(({ role }) => role === 'final');
    expect(new Set(finals.map(({ combination }) => combination['x']))).toEqual(new Set([undefined, 2, 3]));
    expect(result).toMatchObject({ verdict: { kind: 'gain', rounds: 3 }, best: { parameters: { x: 2 } } });
  });

  it('waits for the search that an extension adds, also during the finals', async () => {
    const world = worldWhere(async (_, { events }) => {
      if (events.includes('warmUp 3') && !events.includes('extended')) await until(() => events.includes('extended'));
    });
    const result = await inWorld(world, async () => {
      const tune = await start(taskFile({ optimization: { strategy: 'grid_search', max_iterations: 2 } }));
      await until(() => world.events.includes('warmUp 3'));
      expect(await tune.extend(1)).toBe('up to 3 experiments');
      world.events.push('extended');
      return tune.result();
    });
    expect(rolesOf(world).filter((role) => role === 'search')).toHaveLength(3);
    expect(result).toMatchObject({ totalExperiments: 3, verdict: { kind: 'gain', winner: 2 } });
    expect(new Set(benchmarked(world)).size).toBe(benchmarked(world).length);
  });

  it('has rounds that do not overlap, however many experiments may run at once', async () => {
    const world = worldWhere(() => new Promise((resolve) => setTimeout(resolve, 20)));
    await inWorld(world, async () =>
      (await start(taskFile({ optimization: { strategy: 'grid_search', parallelism: 3 } }))).result()
    );
    const finals = new Map(world.outcomes.map(({ experimentId, round }) => [experimentId, round]));
    const rounds = world.events.flatMap(
      (event) => finals.get(Number(/^(?:claimPlace|tearDown) (\d+)$/.exec(event)?.[1])) ?? []
    );
    expect(rounds).toEqual([...rounds].sort((a, b) => a - b));
    expect(Math.max(...rounds)).toBe(3);
  });

  it('of an A/A tune is the noise, and nothing is searched', async () => {
    const world = worldWhere();
    const result = await inWorld(world, async () => (await start(taskFile({ aa: 4 }))).result());
    expect(rolesOf(world)).toEqual(['baseline', '1: 0', '2: 0', '3: 0']);
    expect(result.verdict).toMatchObject({ kind: 'noise', rounds: 4, loads: [{ concurrency: 1 }] });
    expect(result.answer).toMatch(/^A\/A: the same configuration differs by \d\.\d %/);
  });

  it('is had again by a retry: of the baseline that failed, and of finals that never ended', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'store-'));
    try {
      const store = new RunStore(dir);
      const stored = (world: FakeWorld): FakeWorld => {
        Object.assign(world.activities, {
          ...createRetryActivities({
            redactor: new Redactor(),
            store,
            earlierTune: (workflowId, runId) => readTuneHistory(environment.client, workflowId, runId),
          }),
          recordOutcome: ({ tune, outcome }) => store.record(tune, outcome),
          writeResults: async (input) => resultOf(input, (await store.outcomes(input.tune)).outcomes),
        } satisfies Partial<FakeWorld['activities']>);
        return world;
      };
      const broken = stored(
        worldWhere(({ experimentId }) => {
          if (experimentId === 0) throw ApplicationFailure.nonRetryable('it crashed', 'ENGINE_CRASHED');
        })
      );
      const tune = await inWorld(broken, async () => {
        const first = await start();
        expect((await first.result()).verdict.kind).toBe('baseline_failed');
        return first;
      });
      // Its baseline works, and then a final measurement meets what ends every tune.
      const fatal = stored(
        worldWhere(({ experimentId }) => {
          if (experimentId === 7) throw ApplicationFailure.nonRetryable('there is no llama-server', 'ENGINE_NOT_FOUND');
        })
      );
      await inWorld(fatal, async () => {
        expect(await tune.retryFailed()).toEqual([
          { experimentId: 0, role: 'baseline', combination: {}, reason: 'ENGINE_CRASHED' },
        ]);
        await expect(tune.result()).rejects.toThrow();
      });
      expect(benchmarked(fatal)).toEqual([0, 5, 6]);
      const mended = stored(worldWhere());
      await inWorld(mended, async () => {
        expect(await tune.retryFailed()).toMatchObject([{ experimentId: 7, role: 'final', of: 3, round: 1 }]);
        const result = await tune.result();
        expect(result.verdict).toMatchObject({ kind: 'gain', winner: 2, rounds: 3, measurements: 9 });
        expect(result.answer).toContain('Best of 4: experiment 2');
      });
      expect(benchmarked(mended)).toEqual([7, 8, 9, 10, 11, 12, 13]);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });
});
