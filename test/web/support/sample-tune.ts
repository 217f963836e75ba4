/** A made-up tune of a large model, as big as one likes: for pictures, and to see how the application bears it. The same every time. */
import type { ResultsOutline } from '../../../src/domain/results/outline.js';
import { buildOutline, buildResultsFile, type ResultsInput } from '../../../src/domain/results/results-file.js';
import type { ResultsFile } from '../../../src/domain/results/tune-result.js';
import { assess } from '../../../src/domain/scoring/assess.js';
import type { Combination } from '../../../src/domain/space/combination.js';
import type { EngineMetrics } from '../../../src/domain/loads/engine-metrics.js';
import { loadsOf, type Load } from '../../../src/domain/loads/load.js';
import type { Distribution, Measurement } from '../../../src/domain/loads/measurement.js';
import { parseTask } from '../../../src/domain/task/parse-task.js';
import type { TuningTask } from '../../../src/domain/task/task.schema.js';
import type { ExperimentOutcome, PhaseTimings } from '../../../src/domain/tuning/experiment.js';
import type { FailureCode } from '../../../src/domain/failures.js';

export const SAMPLE_TASK = {
  task_name: 'llama-70b-chat',
  description: 'Chat traffic for the support desk: short prompts, answers of a paragraph.',
  backend: 'ome',
  engine: 'sglang',
  model: { name: 'meta-llama/Llama-3.3-70B-Instruct' },
  base_runtime: 'srt-llama-3-3-70b',
  parameters: {
    tp_size: { type: 'choice', values: [2, 4, 8] },
    mem_fraction_static: { type: 'float', min: 0.7, max: 0.95, step: 0.05 },
    chunked_prefill_size: { type: 'int', min: 2048, max: 16384, scale: 'log' },
    schedule_policy: { type: 'choice', values: ['lpm', 'fcfs'] },
  },
  optimization: {
    strategy: 'bayesian',
    objective: { metric: 'ttft', statistic: 'p95', direction: 'minimize' },
    max_iterations: 40,
  },
  slos: [{ metric: 'tpot', statistic: 'p95', max: 0.05 }],
  cost: { accelerators: 'tp_size', price_per_accelerator_hour: 2.5, currency: 'USD' },
  budget: { money: 400 },
  benchmark: {
    model_name: 'llama-70b',
    traffic_scenarios: ['D(512,128)', 'D(4000,256)'],
    num_concurrency: [4, 32],
  },
} as const;

export interface Sample {
  readonly task: TuningTask;
  readonly outcomes: readonly ExperimentOutcome[];
}

const VALUES = {
  tp_size: [2, 4, 8],
  mem_fraction_static: [0.7, 0.75, 0.8, 0.85, 0.9, 0.95],
  chunked_prefill_size: [2048, 4096, 8192, 16384],
  schedule_policy: ['lpm', 'fcfs'],
} as const;

/** @param experiments of the search; the baseline comes before, the finals after them. */
export function sampleTune(experiments: number, { finals = true, seed = 7 } = {}): Sample {
  const parsed = parseTask({
    ...SAMPLE_TASK,
    optimization: { ...SAMPLE_TASK.optimization, max_iterations: Math.max(40, experiments) },
  });
  if (!('task' in parsed)) throw new Error(parsed.issues.map(({ message }) => message).join('\n'));
  const { task } = parsed;
  const random = generator(seed);
  const baseline = measured(task, 0, {}, random, { role: 'baseline' });
  const searched = Array.from({ length: experiments }, (_, i) => {
    const combination = pick(random);
    // One has crashed in the smallest sample, too: pages show it.
    const crashes = i === 19 || (Number(combination['mem_fraction_static']) > 0.92 && combination['tp_size'] === 2);
    if (crashes || random() < 0.03) return failed(i + 1, combination, crashes ? 'OUT_OF_MEMORY' : 'ENGINE_CRASHED');
    return measured(task, i + 1, combination, random);
  });
  const among = searched
    .filter(({ status }) => status === 'succeeded')
    .sort((a, b) => (a.score ?? 0) - (b.score ?? 0))
    .slice(0, 2)
    .map(({ experimentId }) => experimentId);
  const rounds = [1, 2, 3].flatMap((round) =>
    (finals ? [0, ...among] : []).map((of, i) => {
      const combination = of === 0 ? {} : (searched[of - 1]?.combination ?? {});
      return measured(task, experiments + (round - 1) * 3 + i + 1, combination, random, {
        role: 'final',
        of,
        round,
        among,
      });
    })
  );
  return { task, outcomes: [baseline, ...searched, ...rounds] };
}

interface More {
  readonly isRunning?: boolean;
  readonly runId?: string;
  readonly endMs?: number;
}

export function sampleResults(sample: Sample, more: More = {}): ResultsFile {
  return buildResultsFile(inputOf(sample, more));
}

export function sampleOutline(sample: Sample, more: More = {}): ResultsOutline {
  return buildOutline(inputOf(sample, more));
}

function inputOf({ task, outcomes }: Sample, more: More): ResultsInput {
  const elapsedSeconds = outcomes.reduce((sum, { timings }) => sum + timings.total, 0);
  return {
    ...{ task, outcomes, elapsedSeconds, workflowId: `tune/${task.task_name}`, runId: more.runId ?? 'sample-run' },
    ...{
      finishedAtMs: more.endMs ?? Date.parse('2026-11-20T15:00:00Z'),
      stoppedEarly: false,
      isRunning: more.isRunning ?? false,
    },
    ...(more.isRunning ? {} : { ended: { reason: 'max_iterations', stage: 'search' } }),
    writtenBy: { autotunerVersion: '0.1.0', nodeVersion: 'v20.20.2', machine: 'tuner-1' },
  };
}

function pick(random: () => number): Combination {
  const entries = Object.entries(VALUES).map(([name, values]) => [name, values[Math.floor(random() * values.length)]]);
  return Object.fromEntries(entries) as Combination;
}

function measured(
  task: TuningTask,
  experimentId: number,
  combination: Combination,
  random: () => number,
  role: Partial<ExperimentOutcome> = {}
): ExperimentOutcome {
  const measurements = loadsOf(task.benchmark).map((load) => measurement(load, combination, random));
  return {
    ...{ experimentId, combination, ...role, ...assess(task, { tp_size: 4, ...combination }, { measurements }) },
    ...{ measurements, failure: null, attempts: 1, artifactsUri: `file:///data/autotuner/runs/${experimentId}` },
    timings: timingsOf(random, 60 + 40 * random()),
    provenance: {
      ...{ host: 'gpu-17', engine: 'sglang', engine_version: '0.5.9', model: 'meta-llama/Llama-3.3-70B-Instruct' },
      ...{ benchmark_version: 'genai-bench 0.0.5', hardware: '8 x NVIDIA H100 80GB', load_average: 3.1 },
      command: commandOf(combination),
      warm_up: { requests: 12, seconds: 6.4, steady: true },
      prefix_cache: 'reset',
    },
  };
}

function commandOf(combination: Combination): string[] {
  const flags = Object.entries(combination).flatMap(([name, value]) => [
    `--${name.replaceAll('_', '-')}`,
    String(value),
  ]);
  return ['python3', '-m', 'sglang.launch_server', '--model-path', 'meta-llama/Llama-3.3-70B-Instruct', ...flags];
}

function failed(experimentId: number, combination: Combination, code: FailureCode): ExperimentOutcome {
  const isMemory = code === 'OUT_OF_MEMORY';
  return {
    ...{ experimentId, combination, status: 'failed', score: null, measurements: [], provenance: null, attempts: 1 },
    failure: {
      code,
      message: isMemory
        ? 'the engine ran out of accelerator memory while it started'
        : 'the engine ended with exit code 1',
      evidence: isMemory
        ? [
            'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.19 GiB. GPU 0 has 79.10 GiB in total,',
            'of which 1.02 GiB is free.',
          ]
        : ['RuntimeError: NCCL error in: ProcessGroupNCCL.cpp:3384, unhandled system error', 'scheduler_0 died'],
    },
    timings: timingsOf(() => 0.4, 0),
    artifactsUri: `file:///data/autotuner/runs/${experimentId}`,
  };
}

function timingsOf(random: () => number, benchmarking: number): PhaseTimings {
  const [deploying, starting] = [4 + 6 * random(), 45 + 40 * random()];
  const warming_up = benchmarking > 0 ? 6 + 4 * random() : 0;
  const parts = { queued: 0.4, deploying, starting, warming_up, benchmarking, tearing_down: 7 + 3 * random() };
  return { ...parts, benchmark_tool: benchmarking / 6, total: Object.values(parts).reduce((sum, one) => sum + one, 0) };
}

function measurement(load: Load, combination: Combination, random: () => number): Measurement {
  const size = Number(/\d+/.exec(load.scenario)?.[0] ?? 100);
  const tp = Number(combination['tp_size'] ?? 4);
  const chunk = Number(combination['chunked_prefill_size'] ?? 8192);
  const memory = Number(combination['mem_fraction_static'] ?? 0.8);
  const noise = (): number => 1 + 0.03 * (random() + random() + random() - 1.5);
  const { concurrency = 1 } = load;
  const crowd = 1 + (concurrency / 32) * (1.3 - memory) * 2;
  const policy = combination['schedule_policy'] === 'fcfs' ? 1.06 : 1;
  const ttft =
    0.09 *
    (size / 512) ** 0.9 *
    (4 / tp) ** 0.7 *
    crowd *
    policy *
    (1 + Math.abs(Math.log2(chunk / 8192)) * 0.11) *
    noise();
  const tpot = 0.024 * (4 / tp) ** 0.55 * (1 + concurrency / 60) * noise();
  const latency = ttft + 128 * tpot;
  const rate = concurrency / latency;
  return {
    ...load,
    ...{ duration_s: 60, completed_requests: 120, failed_requests: 0, error_rate: 0, error_codes: {} },
    ...{ requests_per_s: rate, output_tokens_per_s: rate * 128, input_tokens_per_s: rate * size },
    total_tokens_per_s: rate * (128 + size),
    ttft_s: distribution(ttft, 0.25),
    tpot_s: distribution(tpot, 0.12),
    e2e_latency_s: distribution(latency, 0.15),
    engine_metrics: engineMetrics(load, rate, size, memory),
  };
}

function engineMetrics({ concurrency = 1 }: Load, rate: number, size: number, memory: number): EngineMetrics {
  const usage = Math.min(0.98, (concurrency * (size + 128)) / (memory * 160_000));
  return {
    ...{ engine: 'sglang', samples: 58, requests_waiting: { mean: concurrency > 16 ? 1.4 : 0, max: 6 } },
    requests_running: { mean: concurrency * 0.93, max: concurrency },
    kv_cache_usage: { mean: usage * 0.8, max: usage },
    prefix_cache_hit_rate: 0.02,
    generation_tokens_per_s: { mean: rate * 128, max: rate * 141 },
    ...{ prompt_tokens_per_s: { mean: rate * size }, preemptions: usage > 0.9 ? 3 : 0 },
  };
}

function distribution(mean: number, spread: number): Distribution {
  const at = (z: number): number => mean * Math.max(0.1, 1 + spread * z);
  return {
    ...{ mean, stddev: mean * spread, min: at(-2.2), max: at(3), p25: at(-0.7), p50: at(-0.05), p75: at(0.65) },
    ...{ p90: at(1.3), p95: at(1.7), p99: at(2.4) },
  };
}

/** Numbers from 0 to 1 that look random and are the same every time. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) % 4294967296;
    return state / 4294967296;
  };
}
