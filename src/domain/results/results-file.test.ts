import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { measurement } from '../../../test/support/fake-activities.js';
import { outcomeOf } from '../../../test/support/outcomes.js';
import { taskOf } from '../../../test/support/tasks.js';
import { assess } from '../scoring/assess.js';
import type { ExperimentOutcome } from '../tuning/experiment.js';
import { resultsCsv } from './results-csv.js';
import { buildResultsFile, type ResultsInput } from './results-file.js';
import { readOutcome } from './outcome.schema.js';
import type { TuningTask } from '../task/task.schema.js';
import type { ResultsFile } from './tune-result.js';

const isValid = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync('schemas/results.schema.json', 'utf8')) as object
);

function outcome(task: TuningTask, experimentId: number, latency: number, tokens: number): ExperimentOutcome {
  const combination = { tp_size: experimentId };
  const goodput = task.benchmark.goodput ? { goodput_requests_per_s: 0.5, goodput_share: 0.25 } : {};
  const measurements = [{ ...measurement(latency, tokens), ...goodput }];
  const made = {
    ...outcomeOf(experimentId, null),
    combination,
    measurements,
    ...assess(task, combination, { measurements }),
  };
  // As it comes back from the disk or the history.
  const read = readOutcome(JSON.parse(JSON.stringify(made)));
  expect(read).toEqual(made);
  return made;
}

function fileOf(task: TuningTask, outcomes: ExperimentOutcome[], more: Partial<ResultsInput> = {}): ResultsFile {
  const file = buildResultsFile({
    task,
    outcomes,
    ...{ workflowId: 'tune/x', runId: 'r', elapsedSeconds: 1, finishedAtMs: 0, answer: 'a', stoppedEarly: false },
    writtenBy: { autotunerVersion: '1', nodeVersion: 'v20', machine: 'm' },
    ...more,
  });
  expect(isValid(JSON.parse(JSON.stringify(file)))).toBe(true);
  return file;
}

describe('the results file', () => {
  it('of a prototype’s task has nothing that it had not', () => {
    const task = taskOf();
    const file = fileOf(task, [outcome(task, 1, 2, 10), outcomeOf(2, 'failed')]);
    const [result] = file.all_results;
    expect(Object.keys(result ?? {})).toEqual([
      ...['experiment_id', 'parameters', 'status', 'metrics', 'objective_score', 'loads', 'failure', 'timings_s'],
      ...['provenance', 'artifacts_uri', 'leaks'],
    ]);
    expect(file.ran.objective).toEqual({ metric: 'e2e_latency', statistic: 'mean', direction: 'minimize' });
    for (const key of ['pareto_front', 'nearest_result', 'comparison']) expect(file).not.toHaveProperty(key);
    expect(resultsCsv(file).split('\n')[0]).toBe(
      'experiment_id,tp_size,x,status,objective_score,ttft,tpot,e2e_latency,request_throughput,output_throughput,input_throughput,total_throughput,error_rate,failure'
    );
  });

  it('has the whole front, every score, what a combination occupies and what it costs', () => {
    const task = taskOf({
      optimization: {
        objective: [
          'minimize_latency',
          { metric: 'cost_per_million_output_tokens', statistic: 'mean', direction: 'minimize' },
        ],
      },
      cost: { accelerators: 'tp_size', price_per_accelerator_hour: 0.36 },
      benchmark: { goodput: { ttft: 1 } },
    });
    const all = [outcome(task, 1, 3, 10), outcome(task, 2, 1, 10), outcome(task, 4, 3, 10)];
    const file = fileOf(task, all);
    expect(file.best_result).toMatchObject({ experiment_id: 2, objective_scores: [1, 20], accelerators: 2 });
    expect(file.pareto_front).toMatchObject([
      { experiment_id: 2, parameters: { tp_size: 2 }, objective_scores: [1, 20], balanced: true },
      { experiment_id: 1, objective_scores: [3, 10], balanced: false },
    ]);
    expect(file.all_results[2]?.metrics).toMatchObject({ goodput_share: 0.25, cost_per_million_output_tokens: 40 });
    expect(file.ran.objectives).toHaveLength(2);
    const [header = '', first = ''] = resultsCsv(file).split('\n');
    const row = Object.fromEntries(header.split(',').map((name, i) => [name, first.split(',')[i]]));
    expect(row).toMatchObject({ objective_score_2: '10', accelerators: '1', pareto_front: 'true', goodput: '0.5' });
  });

  it('has the nearest where nothing holds the SLOs, and none where something does', () => {
    const task = taskOf({ slos: [{ metric: 'e2e_latency', statistic: 'p95', max: 2 }] });
    const file = fileOf(task, [outcome(task, 1, 4, 1), outcome(task, 2, 3, 1)]);
    expect(file).toMatchObject({ best_result: null, successful_experiments: 0 });
    expect(file.nearest_result).toMatchObject({
      experiment_id: 2,
      status: 'infeasible',
      objective_score: 3,
      slo: { violation: 0.5, misses: [{ metric: 'e2e_latency', statistic: 'p95', max: 2, value: 3, missed_loads: 1 }] },
    });
    expect(resultsCsv(file)).toMatch(/,slo_violation\n1,1,infeasible,4,.*,1\n2,2,infeasible,3,.*,0\.5\n$/);
    expect(fileOf(task, [outcome(task, 1, 4, 1), outcome(task, 2, 2, 1)])).not.toHaveProperty('nearest_result');
  });

  it('compares the best with the baseline where there is one', () => {
    const task = taskOf();
    const baseline = { ...outcome(task, 2, 2, 10), experimentId: 0, role: 'baseline' as const };
    const file = fileOf(task, [baseline, outcome(task, 1, 3, 10)]);
    expect(file.comparison).toMatchObject([{ concurrency: 1, value: 3, baseline: 2, gain: -0.5 }]);
  });
});
