/** Activities without a world: what a workflow test replaces is visible in the test, everything else succeeds at once. */
import type {
  ControlActivities,
  HostActivities,
  PlacesActivities,
  WriteResultsInput,
} from '../../src/contracts/activities.js';
import type { ExperimentOutcome } from '../../src/domain/tuning/experiment.js';
import type { Distribution, Measurement } from '../../src/domain/loads/measurement.js';
import { parseTask } from '../../src/domain/task/parse-task.js';
import { buildResultsFile, summarizeResults } from '../../src/domain/results/results-file.js';
import { createSearchSpace } from '../../src/domain/space/search-space.js';
import type { TuneResult } from '../../src/domain/results/tune-result.js';
import { planFinals } from '../../src/domain/verdict/plan-finals.js';
import { verificationOf } from '../../src/domain/verdict/settings.js';
import { createOptimizers } from '../../src/optimizers/index.js';
import { FakeModel } from './fake-model.js';
import { ApplicationFailure } from '@temporalio/activity';

export type Activities = ControlActivities & PlacesActivities & HostActivities;

/** What happened, in order: `deploy 1`, `tearDown 1`, ... */
export interface FakeWorld {
  readonly activities: Activities;
  readonly events: string[];
  readonly outcomes: ExperimentOutcome[];
}

export function distribution(value: number): Distribution {
  const statistics = ['mean', 'min', 'max', 'p25', 'p50', 'p75', 'p90', 'p95', 'p99'] as const;
  return { ...(Object.fromEntries(statistics.map((name) => [name, value])) as unknown as Distribution), stddev: 0 };
}

export function measurement(latencySeconds: number, tokensPerSecond = 10): Measurement {
  return {
    scenario: 'D(100,100)',
    concurrency: 1,
    duration_s: 1,
    completed_requests: 10,
    failed_requests: 0,
    error_rate: 0,
    error_codes: {},
    requests_per_s: 1,
    output_tokens_per_s: tokensPerSecond,
    input_tokens_per_s: 1,
    total_tokens_per_s: 1,
    ttft_s: distribution(latencySeconds / 10),
    tpot_s: distribution(latencySeconds / 100),
    e2e_latency_s: distribution(latencySeconds),
  };
}

/** What the activity that writes the results would return. */
export function resultOf(
  { task, tune, elapsedSeconds, activeSeconds, stopped, ended, reuse }: Omit<WriteResultsInput, 'finishedAtMs'>,
  outcomes: readonly ExperimentOutcome[]
): TuneResult {
  const file = buildResultsFile({
    ...{ task, outcomes, elapsedSeconds, activeSeconds, ended, workflowId: tune.workflowId, runId: tune.runId },
    ...{ finishedAtMs: 0, stoppedEarly: stopped, reuse },
    writtenBy: { autotunerVersion: '0', nodeVersion: '0', machine: 'none' },
  });
  return summarizeResults(file, { resultsFile: 'results.json', csvFile: 'results.csv' });
}

export function fakeWorld(overrides: (world: FakeWorld) => Partial<Activities> = () => ({})): FakeWorld {
  const events: string[] = [];
  const outcomes: ExperimentOutcome[] = [];
  const note =
    <A extends { experimentId: number }, R>(name: string, result: R) =>
    async (target: A): Promise<R> => {
      events.push(`${name} ${target.experimentId}`);
      return result;
    };
  const optimizers = createOptimizers(new FakeModel());
  const defaults: Activities = {
    async prepareTask(file) {
      const parsed = parseTask(file);
      if ('task' in parsed) return parsed.task;
      throw ApplicationFailure.nonRetryable(parsed.issues.map((issue) => issue.message).join('\n'), 'INVALID_TASK');
    },
    async openTune() {
      return null;
    },
    async suggest({ task, cursor, count, history }) {
      const { strategy, seed, max_iterations: budget } = task.optimization;
      return optimizers[strategy].suggest({
        space: createSearchSpace(task),
        cursor,
        count,
        seed,
        ...(history ?? { budget, observations: [], pending: [] }),
      });
    },
    async planFinals({ task, finals, isLast }) {
      return planFinals(verificationOf(task), finals, isLast);
    },
    async openRetry() {
      throw new Error('this world has no earlier run');
    },
    async suggestAgain() {
      throw new Error('this world has no earlier run');
    },
    async recordOutcome({ outcome }) {
      outcomes.push(outcome);
    },
    async writeResults(input) {
      events.push('writeResults');
      return resultOf(input, outcomes);
    },
    async recordTune() {
      events.push('recordTune');
    },
    claimPlace: note('claimPlace', { hostId: 'here', hostName: 'here' }),
    deploy: note('deploy', undefined),
    waitUntilServing: note('waitUntilServing', { engine: 'stub', version: '1', model: 'm', command: ['stub'] }),
    warmUp: note('warmUp', { requests: 4, seconds: 0 }),
    tearDown: note('tearDown', { leaks: [] }),
    async reapOrphans() {
      return { hostId: 'here', examined: 0, removed: [], problems: [] };
    },
    async runBenchmark(target) {
      events.push(`runBenchmark ${target.experimentId}`);
      return {
        measurements: [measurement(Number(target.combination['x']))],
        toolVersion: 'stub',
        toolSeconds: 0,
        artifactsUri: 'file:///nowhere',
        loadAverage: 0,
        prefixCache: 'not-reset',
      };
    },
  };
  const activities = { ...defaults };
  const world = { activities, events, outcomes };
  Object.assign(activities, overrides(world));
  return world;
}
