/** Results files of tunes that nobody has run, made by the same code as real ones. */
import { buildResultsFile } from '../../src/domain/results/results-file.js';
import type { ResultsFile } from '../../src/domain/results/tune-result.js';
import { assess } from '../../src/domain/scoring/assess.js';
import type { TaskFile, TuningTask } from '../../src/domain/task/task.schema.js';
import type { ExperimentOutcome, Role } from '../../src/domain/tuning/experiment.js';
import { measurement } from './fake-activities.js';
import { outcomeOf } from './outcomes.js';
import { taskOf } from './tasks.js';

export interface FinishedTune {
  readonly runId: string;
  /** Seconds since the beginning of 2026. */
  readonly at?: number;
  readonly task?: Partial<TaskFile>;
  readonly host?: string;
  readonly hardware?: string;
  readonly engineVersion?: string;
  /** Latency of the baseline and of each combination of the search, in seconds; of the best also in the rounds of the finals. */
  readonly baseline?: number;
  readonly searched?: readonly number[];
  readonly finals?: readonly { readonly baseline: number; readonly best: number }[];
  /** Latencies of an A/A tune instead. */
  readonly aa?: readonly number[];
}

const EPOCH = Date.UTC(2026, 0, 1);

export function finishedTune(tune: FinishedTune): ResultsFile {
  const { runId, at = 0, baseline = 2, searched = [1.5, 1.2], finals = [], aa } = tune;
  const task = taskOf({
    ...tune.task,
    ...(aa ? { aa: aa.length } : {}),
    ...(finals.length > 0 ? { verification: { finalists: 1, rounds: { min: 2, max: finals.length } } } : {}),
  });
  const one = (experimentId: number, tp: number | null, latency: number, role: Role = {}): ExperimentOutcome =>
    outcome(task, tune, experimentId, tp, latency, role);
  const best = 1 + searched.indexOf(Math.min(...searched));
  const outcomes = aa
    ? aa.map((latency, i) => one(i, null, latency, i === 0 ? { role: 'baseline' } : { role: 'final', of: 0, round: i }))
    : [
        one(0, null, baseline, { role: 'baseline' }),
        ...searched.map((latency, i) => one(i + 1, 2 ** i, latency)),
        ...finals.flatMap((round, i) => [
          one(100 + 2 * i, null, round.baseline, { role: 'final', of: 0, round: i + 1, among: [best] }),
          one(101 + 2 * i, 2 ** (best - 1), round.best, { role: 'final', of: best, round: i + 1, among: [best] }),
        ]),
      ];
  return buildResultsFile({
    task,
    outcomes,
    workflowId: `tune/${task.task_name}`,
    runId,
    elapsedSeconds: 60,
    finishedAtMs: EPOCH + at * 1000,
    stoppedEarly: false,
    ended: { reason: 'max_iterations', stage: 'search' },
    writtenBy: { autotunerVersion: '0.1.0', nodeVersion: 'v20', machine: 'm' },
  });
}

function outcome(
  task: TuningTask,
  { host = 'alpha', hardware = '2 x CPU', engineVersion = 'b1' }: FinishedTune,
  experimentId: number,
  tp: number | null,
  latency: number,
  role: Role
): ExperimentOutcome {
  const combination = tp === null ? {} : { tp_size: tp };
  const measurements = [measurement(latency, 100 / latency)];
  return {
    ...outcomeOf(experimentId, null),
    ...role,
    combination,
    measurements,
    ...assess(task, combination, { measurements }),
    provenance: {
      ...{ host, hardware, engine: 'llama.cpp', engine_version: engineVersion, model: task.model.name },
      ...{ benchmark_version: '1', command: ['engine'], load_average: 0 },
    },
  };
}
