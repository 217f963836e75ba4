import { describe, expect, it } from '@jest/globals';
import { measurement } from '../../../test/support/fake-activities.js';
import { outcomeOf } from '../../../test/support/outcomes.js';
import type { ExperimentOutcome } from '../tuning/experiment.js';
import { parseTask } from '../task/parse-task.js';
import { resultsCsv } from '../results/results-csv.js';
import { buildResultsFile } from '../results/results-file.js';
import type { ResultsFile } from '../results/tune-result.js';
import type { TuningTask } from '../task/task.schema.js';
import { reportVerdict } from './report.js';

function taskOf(more: object = {}): TuningTask {
  const parsed = parseTask({
    ...{ task_name: 't', backend: 'process', engine: 'llama.cpp', model: { name: 'm' } },
    parameters: { x: { type: 'choice', values: [1, 2] } },
    optimization: {},
    benchmark: { model_name: 'm', num_concurrency: [1, 8] },
    ...more,
  });
  if ('issues' in parsed) throw new Error(JSON.stringify(parsed.issues));
  return parsed.task;
}

/** Latencies at the two loads. */
function measured(
  experimentId: number,
  [light, heavy]: readonly [number, number],
  more: Partial<ExperimentOutcome> = {}
): ExperimentOutcome {
  const loads = [measurement(light), { ...measurement(heavy), concurrency: 8 }];
  return { ...outcomeOf(experimentId, (light + heavy) / 2), measurements: loads, ...more };
}

/** The winner is twice as good at the heavy load and worse at the light one. */
const OUTCOMES = [
  measured(0, [1, 10], { role: 'baseline', combination: {} }),
  measured(1, [1.2, 4]),
  measured(2, [1, 9.5]),
  ...[1, 2, 3].flatMap((round) => {
    const noise = 1 + 0.01 * Math.sin(4 * round);
    const final = (of: number, loads: readonly [number, number]): ExperimentOutcome =>
      measured(10 * round + of, loads, { role: 'final', of, round, combination: of === 0 ? {} : { x: of } });
    return [final(0, [1, 10 * noise]), final(1, [1.2 * noise, 5]), final(2, [1, 9.9 / noise])];
  }),
];

const fileOf = (outcomes: readonly ExperimentOutcome[], more: object = {}, isRunning = false): ResultsFile =>
  buildResultsFile({
    ...{ task: taskOf(more), outcomes, workflowId: 'tune/t', runId: 'r', elapsedSeconds: 1, finishedAtMs: 0 },
    ...{ stoppedEarly: false, isRunning },
    writtenBy: { autotunerVersion: '0', nodeVersion: '0', machine: 'm' },
  });

describe('the verdict in the results', () => {
  it('has every load, also where the winner loses', () => {
    const { kind, winner, loads, noise } = reportVerdict(taskOf(), OUTCOMES, 'ended');
    expect({ kind, winner }).toEqual({ kind: 'gain', winner: 1 });
    expect(noise?.degrees_of_freedom).toBe(4);
    const [light, heavy] = loads;
    expect(light).toMatchObject({ concurrency: 1, baseline: expect.closeTo(1, 3), compared: expect.closeTo(1.2, 1) });
    expect(light?.gain?.high).toBeLessThan(0);
    expect(heavy?.gain?.percent).toBeCloseTo(50, 0);
    expect(heavy?.gain?.low).toBeGreaterThan(40);
  });

  it('stands beside the search, whose fields keep their meaning', () => {
    const file = fileOf(OUTCOMES);
    expect(file).toMatchObject({ total_experiments: 2, successful_experiments: 2, best_result: { experiment_id: 1 } });
    expect(file.all_results.map((result) => result.experiment_id)).toEqual([1, 2]);
    expect(file.baseline).toMatchObject({ experiment_id: 0, parameters: {} });
    expect(
      file.finalists.map(({ experiment_id, rounds }) => [experiment_id, rounds.map(({ round }) => round)])
    ).toEqual([0, 1, 2].map((number) => [number, [1, 2, 3]]));
    expect(file.answer).toMatch(/^Best of 2: experiment 1 with x=1, .*\. Verified: experiment 1 is \d\d\.\d % better/);
    expect(resultsCsv(file).split('\n')).toHaveLength(4);
  });

  it('makes another finalist the best result where that one has won', () => {
    const searched = OUTCOMES.map((one) => (one.experimentId === 2 ? { ...one, score: 0.1 } : one));
    const file = fileOf(searched);
    expect(file.best_result?.experiment_id).toBe(1);
    expect(file.answer).toContain('Best of 2: experiment 1');
    const none = fileOf(searched.map((one) => (one.of === 1 ? { ...one, status: 'failed', score: null } : one)));
    expect(none).toMatchObject({ verdict: { kind: 'no_gain' }, best_result: { experiment_id: 2 } });
  });

  it('is not there yet while the tune goes on', () => {
    expect(fileOf(OUTCOMES.slice(0, 4), {}, true)).toMatchObject({ verdict: { kind: 'not_verified', loads: [] } });
    expect(fileOf([], {}, true).answer).toBe('No experiment has finished yet.');
    expect(fileOf(OUTCOMES.slice(0, 4)).answer).toContain('Not verified: the tune ended');
  });

  it('tells the noise of an A/A tune, between starts and within one', () => {
    const repeated = [1, 2, 3].map((round) =>
      measured(round, [1 + round / 100, 10], { role: 'final', of: 0, round, combination: {} })
    );
    const { kind, loads } = reportVerdict(taskOf({ aa: 4 }), [...OUTCOMES.slice(0, 1), ...repeated], 'ended');
    expect(kind).toBe('noise');
    // 1, 1.01, 1.02, 1.03
    expect(loads[0]?.noise_percent).toBeCloseTo(1.27, 1);
    expect(loads[1]).toMatchObject({ noise_percent: expect.closeTo(0, 6), within_start_percent: 0, gain: null });
  });
});
