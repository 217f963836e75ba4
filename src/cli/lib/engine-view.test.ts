import { expect, it } from '@jest/globals';
import { measurement } from '../../../test/support/fake-activities.js';
import { outcomeOf } from '../../../test/support/outcomes.js';
import { taskOf } from '../../../test/support/tasks.js';
import { buildResultsFile } from '../../domain/results/results-file.js';
import type { ResultsFile } from '../../domain/results/tune-result.js';
import type { EngineMetrics } from '../../domain/loads/engine-metrics.js';
import { readOutcome } from '../../domain/results/outcome.schema.js';
import { describeEngine } from './engine-view.js';

function fileOf(metrics: EngineMetrics | undefined): ResultsFile {
  const measured = { ...measurement(1), ...(metrics ? { engine_metrics: metrics } : {}) };
  const outcomes = [
    { ...outcomeOf(0, 2), role: 'baseline' as const, measurements: [measurement(2)] },
    { ...outcomeOf(1, 1), measurements: [measured] },
  ];
  // As they come back from the disk or the history.
  const read = outcomes.map((outcome) => readOutcome(JSON.parse(JSON.stringify(outcome))));
  expect(read[1]?.measurements).toEqual([measured]);
  return buildResultsFile({
    ...{ task: taskOf(), outcomes, workflowId: 'tune/x', runId: 'r', elapsedSeconds: 1, finishedAtMs: 0 },
    ...{ stoppedEarly: false, writtenBy: { autotunerVersion: '1', nodeVersion: 'v20', machine: 'm' } },
  });
}

it('the engine’s own numbers stand beside the best, as far as it tells them', () => {
  const file = fileOf({
    engine: 'vllm',
    samples: 9,
    requests_running: { mean: 3.5, max: 4 },
    kv_cache_usage: { mean: 0.5, max: 0.97 },
    generation_tokens_per_s: { mean: 123.4 },
    preemptions: 2,
  });
  expect(describeEngine(file)).toEqual([
    [
      "     the engine's own numbers  running    KV cache     generated/s  preemptions  looks",
      '[1]  D(100,100) at 1           3.5 (4.0)  50 % (97 %)  123          2            9',
    ].join('\n'),
    '',
  ]);
  expect(file.best_result?.loads[0]?.engine_metrics).toMatchObject({ engine: 'vllm', preemptions: 2 });
});

it('an engine that says nothing leaves no table', () => {
  expect(describeEngine(fileOf(undefined))).toEqual([]);
});
