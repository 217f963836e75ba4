import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MockActivityEnvironment } from '@temporalio/testing';
import { taskOf } from '../../test/support/tasks.js';
import type { ExperimentOutcome } from '../domain/tuning/experiment.js';
import { Redactor } from '../platform/redactor.js';
import { RunStore } from '../platform/run-store.js';
import { createRetryActivities } from './retry.js';

const RETRY = { runId: 'last', codes: [] };
const TUNE = { workflowId: 'tune/x', runId: 'new', taskName: 'x' };
const TASK = taskOf();
const OLD = { runId: 'first', taskName: 'x' };

const PHASES = { queued: 0, deploying: 0, starting: 0, warming_up: 0, benchmarking: 0 };

function outcome(experimentId: number, score: number | null): ExperimentOutcome {
  return {
    experimentId,
    combination: { x: experimentId },
    status: score === null ? 'failed' : 'succeeded',
    score,
    measurements: [],
    failure: score === null ? { code: 'ENGINE_CRASHED', message: 'm', evidence: [] } : null,
    timings: { ...PHASES, benchmark_tool: 0, tearing_down: 0, total: 0 },
    provenance: null,
    artifactsUri: null,
    attempts: 1,
  };
}

let dir: string;
let store: RunStore;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'store-'));
  store = new RunStore(dir);
});
afterEach(() => rm(dir, { recursive: true, force: true }));

function activities(outcomes: ExperimentOutcome[], lost: number[] = []): ReturnType<typeof createRetryActivities> {
  const again = lost.map((id) => ({ experimentId: id, combination: { x: id }, reason: 'lost' as const }));
  const { openRetry, suggestAgain } = createRetryActivities({
    redactor: new Redactor(),
    store,
    async earlierTune(workflowId, runId) {
      expect([workflowId, runId]).toEqual(['tune/x', 'last']);
      return { firstRunId: 'first', outcomes, lost: again };
    },
  });
  // Each stands for one activity.
  const inActivity = <I, O>(work: (input: I) => Promise<O>, input: I): Promise<O> =>
    new MockActivityEnvironment().run(work, input);
  return {
    openRetry: (input) => inActivity(openRetry, input),
    suggestAgain: (input) => inActivity(suggestAgain, input),
  };
}

const scores = async (): Promise<unknown> =>
  (await store.outcomes(TUNE)).outcomes.map(({ experimentId, score }) => [experimentId, score]);

describe('a retry', () => {
  it('starts with what the history and the store know together', async () => {
    // Temporal no longer keeps the first, the store has lost the second, and the fourth was never recorded anywhere.
    await store.record(OLD, outcome(1, 5));
    await store.record(OLD, outcome(3, null));
    const { openRetry } = activities([outcome(2, 4), outcome(3, null)], [1, 4]);
    const opened = await openRetry({ tune: TUNE, task: TASK, retry: RETRY });
    expect(opened).toMatchObject({
      of: 'first',
      again: 2,
      best: { experimentId: 2 },
      counts: { succeeded: 2, failed: 0 },
    });
    expect(await scores()).toEqual([
      [1, 5],
      [2, 4],
      [3, null],
    ]);
  });

  it('replaces an earlier outcome by the new one, however often it is opened', async () => {
    const { openRetry } = activities([outcome(1, 5), outcome(2, null)]);
    await openRetry({ tune: TUNE, task: TASK, retry: RETRY });
    await store.record(TUNE, outcome(2, 3));
    await openRetry({ tune: TUNE, task: TASK, retry: RETRY });
    expect(await scores()).toEqual([
      [1, 5],
      [2, 3],
    ]);
  });

  it('gives its experiments in portions, also to a worker that has not opened it', async () => {
    const { openRetry, suggestAgain } = activities([1, 2, 3, 4, 5].map((id) => outcome(id, null)));
    await openRetry({ tune: TUNE, task: TASK, retry: RETRY });
    const first = await suggestAgain({ tune: TUNE, retry: RETRY, cursor: 0, count: 3 });
    expect(first.experiments).toEqual([1, 2, 3].map((id) => ({ experimentId: id, combination: { x: id } })));
    await rm(dir, { recursive: true });
    const second = await suggestAgain({ tune: TUNE, retry: RETRY, cursor: first.cursor, count: 3 });
    expect(second.experiments.map(({ experimentId }) => experimentId)).toEqual([4, 5]);
    expect([first.exhausted, second.exhausted]).toEqual([false, true]);
  });
});
