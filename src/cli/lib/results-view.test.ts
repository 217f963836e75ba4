import { describe, expect, it } from '@jest/globals';
import { measurement } from '../../../test/support/fake-activities.js';
import { outcomeOf } from '../../../test/support/outcomes.js';
import { taskOf } from '../../../test/support/tasks.js';
import { assess } from '../../domain/scoring/assess.js';
import type { ExperimentOutcome } from '../../domain/tuning/experiment.js';
import { buildResultsFile, type ResultsInput } from '../../domain/results/results-file.js';
import type { TuningTask } from '../../domain/task/task.schema.js';
import { describeResults } from './results-view.js';

function outcome(task: TuningTask, experimentId: number, latency: number, tokens: number): ExperimentOutcome {
  const combination = { tp_size: experimentId };
  const measurements = [measurement(latency, tokens)];
  return {
    ...outcomeOf(experimentId, null),
    combination,
    measurements,
    ...assess(task, combination, { measurements }),
  };
}

function shown(task: TuningTask, outcomes: ExperimentOutcome[], more: Partial<ResultsInput> = {}): string[] {
  const file = buildResultsFile({
    ...{ task, outcomes, workflowId: 'w', runId: 'r', elapsedSeconds: 9, finishedAtMs: 0, answer: 'The answer.' },
    ...{ stoppedEarly: false, writtenBy: { autotunerVersion: '1', nodeVersion: 'v20', machine: 'm' } },
    ...more,
  });
  return describeResults(file).split('\n');
}

describe('results for a person', () => {
  it('rank what holds the SLOs before what misses them, and that by how little it does', () => {
    const task = taskOf({
      slos: [{ metric: 'e2e_latency', statistic: 'p95', max: 2 }],
      optimization: { objective: 'maximize_throughput' },
    });
    const lines = shown(task, [
      outcome(task, 1, 4, 90),
      outcome(task, 2, 1, 10),
      outcome(task, 4, 3, 80),
      outcomeOf(3, 'failed'),
    ]);
    expect(lines.slice(0, 5)).toEqual([
      '     combination  output throughput  D(100,100) at 1',
      '[2]  tp_size=2    10.00 tok/s        10.00 tok/s',
      '[4]  tp_size=4    80.00 tok/s        80.00 tok/s      infeasible: e2e latency p95 at most 2.000 s is 3.000 s (50.0 % too much) under D(100,100) at 1',
      '[1]  tp_size=1    90.00 tok/s        90.00 tok/s      infeasible: e2e latency p95 at most 2.000 s is 4.000 s (100 % too much) under D(100,100) at 1',
      '[3]  x=3          failed, OUT_OF_MEMORY: m',
    ]);
  });

  it('have a column per objective, and the front with its balanced member', () => {
    const objective = [
      'minimize_latency',
      { metric: 'output_throughput', direction: 'maximize', per_accelerator: true },
    ] as const;
    const task = taskOf({ optimization: { objective: [...objective] }, cost: { accelerators: 'tp_size' } });
    const lines = shown(task, [
      outcome(task, 1, 9, 50),
      outcome(task, 2, 1, 20),
      outcome(task, 4, 2, 160),
      outcome(task, 3, 9, 3),
    ]);
    expect(lines).toEqual(
      expect.arrayContaining(['     Pareto front  e2e latency mean  output throughput per accelerator'])
    );
    const at = lines.indexOf('     Pareto front  e2e latency mean  output throughput per accelerator');
    expect(lines.slice(at + 1, at + 5)).toEqual([
      '[2]  tp_size=2     1.000 s           10.00 tok/s',
      '[4]  tp_size=4     2.000 s           40.00 tok/s                        balanced',
      '[1]  tp_size=1     9.000 s           50.00 tok/s',
      '',
    ]);
  });

  it('say where the best loses against the baseline', () => {
    const task = taskOf();
    const baseline = (seconds: number): ExperimentOutcome => ({
      ...outcome(task, 1, seconds, 10),
      experimentId: 0,
      role: 'baseline',
    });
    const lines = shown(task, [baseline(2), outcome(task, 2, 3, 10)]);
    expect(lines).toEqual(
      expect.arrayContaining(['D(100,100) at 1  e2e latency mean  3.000 s  2.000 s   50.0 % worse  LOSES'])
    );
    expect(shown(task, [baseline(4), outcome(task, 1, 2, 10)]).join('\n')).toMatch(
      /2\.000 s +4\.000 s +50\.0 % better$/m
    );
  });

  it('of a worst load by the baseline are ratios', () => {
    const task = taskOf({ optimization: { over_loads: 'worst' } });
    const one = {
      ...outcome(task, 1, 3, 1),
      ...assess(task, { tp_size: 1 }, { measurements: [measurement(3)] }, [[[2]]]),
    };
    expect(shown(task, [one])[1]).toBe("[1]  tp_size=1    1.500 of the baseline's at the worst load  3.000 s");
  });

  it('show how far repeats lie apart, what was spent, and why the tune ended', () => {
    const task = taskOf({
      cost: { accelerators: 2, price_per_accelerator_hour: 3, currency: 'EUR' },
      budget: { money: 5 },
    });
    const one = outcome(task, 1, 2, 10);
    const repeats = { count: 3, spread: { e2e_latency_s: 0.0081 } };
    const repeated = { ...one, measurements: one.measurements.map((item) => ({ ...item, repeats })) };
    const lines = shown(task, [repeated], { ended: { reason: 'money', stage: 'search' } });
    expect(lines[1]).toBe('[1]  tp_size=1    2.000 s           2.000 s ±0.8 %');
    // The answer says why, and it is not said twice.
    expect(lines.filter((line) => line.includes('not expected to fit into the budget of 5.00 EUR.'))).toHaveLength(1);
    expect(lines).toContain('spent 1 experiment, 9 s, 0 accelerator-hours, 0.00 EUR; budget 5.00 EUR');
    const stopped = shown(task, [one], { ended: { reason: 'stopped', stage: 'search' } });
    expect(stopped).toContain('The search ended after 1 experiment, because the tune was told to stop.');
  });
});
