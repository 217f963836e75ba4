/** Results files of made-up tunes, for what shows them. */
import { assess, scoreReference } from '../../src/domain/scoring/assess.js';
import type { Combination } from '../../src/domain/space/combination.js';
import type { Distribution, Measurement } from '../../src/domain/loads/measurement.js';
import { loadsOf } from '../../src/domain/loads/load.js';
import { buildResultsFile, type ResultsInput } from '../../src/domain/results/results-file.js';
import type { ResultsFile } from '../../src/domain/results/tune-result.js';
import type { TuningTask } from '../../src/domain/task/task.schema.js';
import type { ExperimentOutcome, Role } from '../../src/domain/tuning/experiment.js';

const TIMINGS = {
  ...{ queued: 1, deploying: 2, starting: 10, warming_up: 5 },
  ...{ benchmarking: 60, benchmark_tool: 12, tearing_down: 3, total: 81 },
};

/** A distribution around a mean: 20 % to either side. */
function around(mean: number): Distribution {
  const at = (factor: number): number => mean * factor;
  return {
    ...{ mean, stddev: at(0.1), min: at(0.8), max: at(1.2), p25: at(0.93), p50: at(0.99), p75: at(1.06) },
    ...{ p90: at(1.12), p95: at(1.15), p99: at(1.19) },
  };
}

/** @param latency seconds end to end at one request at once; more at once take longer and give more tokens. */
function measured(task: TuningTask, latency: number): Measurement[] {
  return loadsOf(task.benchmark).map((load) => {
    const concurrency = load.concurrency ?? 1;
    const e2e = latency * (1 + 0.3 * Math.log2(concurrency));
    const rate = concurrency / e2e;
    return {
      ...{ ...load, duration_s: 50, completed_requests: 100, failed_requests: 0, error_rate: 0 },
      ...{ error_codes: {}, requests_per_s: rate, output_tokens_per_s: rate * 16, input_tokens_per_s: rate * 200 },
      ...{
        total_tokens_per_s: rate * 216,
        ttft_s: around(e2e / 4),
        tpot_s: around(e2e / 40),
        e2e_latency_s: around(e2e),
      },
      ...((task.benchmark.repeats ?? 1) > 1
        ? { repeats: { count: 3, spread: { e2e_latency_s: 0.02, ttft_s: 0.03, output_tokens_per_s: 0.02 } } }
        : {}),
    };
  });
}

/** An experiment that measured. */
export function measuredOutcome(
  task: TuningTask,
  experimentId: number,
  combination: Combination,
  latency: number,
  role: Role = {},
  baseline?: ExperimentOutcome
): ExperimentOutcome {
  const measurements = measured(task, latency);
  return {
    ...role,
    ...{ experimentId, combination, measurements, failure: null, timings: TIMINGS, attempts: 1 },
    ...assess(
      task,
      combination,
      { measurements },
      role.role === 'baseline' ? 'itself' : scoreReference(task, baseline)
    ),
    provenance: {
      ...{
        host: 'host-1',
        engine: 'llama.cpp',
        engine_version: 'b1',
        model: '/models/m.gguf, 100 bytes',
        load_average: 0.1,
      },
      ...{ benchmark_version: 'genai-bench 1', hardware: '2 processors' },
      command: [
        '/opt/engine/llama-server',
        '--model',
        '/models/m.gguf',
        '--threads',
        String(combination['threads'] ?? 1),
      ],
    },
    artifactsUri: `file:///artifacts/${experimentId}`,
  };
}

/** An experiment that failed. */
export function failedOutcome(
  experimentId: number,
  combination: Combination,
  evidence: readonly string[]
): ExperimentOutcome {
  return {
    ...{ experimentId, combination, status: 'failed', score: null, measurements: [], timings: TIMINGS, attempts: 1 },
    failure: { code: 'OUT_OF_MEMORY', message: 'the engine ran out of memory', evidence },
    provenance: null,
    artifactsUri: null,
  };
}

/** The file of these outcomes. */
export function resultsOf(
  task: TuningTask,
  outcomes: readonly ExperimentOutcome[],
  more: Partial<ResultsInput> = {}
): ResultsFile {
  return buildResultsFile({
    ...{ task, outcomes, workflowId: `tune/${task.task_name}`, runId: 'r', elapsedSeconds: 900, finishedAtMs: 0 },
    ...{ stoppedEarly: false, writtenBy: { autotunerVersion: '1', nodeVersion: 'v20', machine: 'm' } },
    ...more,
  });
}
