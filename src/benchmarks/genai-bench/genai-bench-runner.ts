import { mkdir } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { TunerError } from '../../domain/failures.js';
import { readApiKey } from '../../platform/api-key.js';
import type { OwnedProcesses } from '../../platform/owned-process.js';
import { DetachedBenchmark, type LoadTool, type ToolCommand } from '../detached/detached-benchmark.js';
import { withNumbers } from '../detached/request-params.js';
import { findTokenizer, hubVariables } from '../detached/tokenizer.js';
import { Admission } from '../detached/admission.js';
import type { MeasuredLoad } from '../measured-loads.js';
import type { BenchmarkRequest } from '../types.js';
import { levelFiles, readMeasuredLoads, readToolVersion } from './result-files.js';

const LEVELS = 'levels';
const LOGS = 'logs';
/** genai-bench refuses to start without `--api-key`, and then uses MODEL_API_KEY, which is on no command line. */
const KEY_IS_ELSEWHERE = 'in-MODEL_API_KEY';

/** The real genai-bench CLI as a detached process: one start for all loads of a step. */
export class GenaiBenchRunner extends DetachedBenchmark {
  /** @param admission that of the host, where there are other runners. */
  constructor(
    processes: OwnedProcesses,
    modelsDir: string,
    findGenaiBench: () => string | null,
    admission: Admission = new Admission(processes)
  ) {
    super(new GenaiBench(modelsDir, findGenaiBench), processes, admission);
  }
}

class GenaiBench implements LoadTool {
  readonly name = 'genai-bench';

  constructor(
    private readonly modelsDir: string,
    private readonly findGenaiBench: () => string | null
  ) {}

  async prepare({ benchmark, endpoint, outputDir, loads }: BenchmarkRequest): Promise<ToolCommand> {
    const program = this.findGenaiBench();
    if (!program)
      throw new TunerError('BENCHMARK_TOOL_NOT_FOUND', 'genai-bench is neither on PATH nor named by GENAI_BENCH_PATH');
    const tokenizer = await findTokenizer(benchmark, this.modelsDir);
    await mkdir(join(outputDir, LOGS), { recursive: true });
    const apiKey = await readApiKey(endpoint.apiKeyFile);
    const args = [
      // Not `openai`: genai-bench 0.0.5 drops ignore_eos there, and answers end before the length that the scenario asks for.
      ...[
        '--api-backend',
        'vllm',
        '--api-base',
        endpoint.baseUrl,
        '--api-key',
        KEY_IS_ELSEWHERE,
        '--api-model-name',
        endpoint.modelName,
      ],
      ...['--model-tokenizer', tokenizer, '--task', benchmark.task],
      ...[...new Set(loads.map(({ scenario }) => scenario))].flatMap((scenario) => ['--traffic-scenario', scenario]),
      ...[...new Set(loads.map(({ concurrency }) => concurrency))].flatMap((level) => [
        '--num-concurrency',
        String(level),
      ]),
      ...['--max-time-per-run', String(benchmark.max_time_per_iteration)],
      ...['--max-requests-per-run', String(benchmark.max_requests_per_iteration)],
      ...['--additional-request-params', JSON.stringify(withNumbers(benchmark.additional_params))],
      ...['--experiment-base-dir', outputDir, '--experiment-folder-name', LEVELS, '--log-dir', join(outputDir, LOGS)],
    ];
    return {
      command: [program, 'benchmark', ...args],
      env: {
        MODEL_API_KEY: apiKey,
        TOKENIZERS_PARALLELISM: 'false',
        MPLCONFIGDIR: join(outputDir, LOGS),
        ...(isAbsolute(tokenizer) ? { HF_HUB_OFFLINE: '1' } : hubVariables()),
      },
    };
  }

  async finishedLoads(outputDir: string): Promise<number> {
    return (await levelFiles(join(outputDir, LEVELS))).length;
  }

  async read({ outputDir, loads, benchmark, disturbances }: BenchmarkRequest): Promise<MeasuredLoad[]> {
    return readMeasuredLoads(join(outputDir, LEVELS), {
      loads,
      maxErrorRate: benchmark.max_error_rate,
      goodput: benchmark.goodput,
      disturbances: await disturbances(),
    });
  }

  readVersion(outputDir: string): Promise<string> {
    return readToolVersion(join(outputDir, LEVELS));
  }
}
