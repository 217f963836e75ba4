import { mkdir, rm, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TunerError } from '../../domain/failures.js';
import { readApiKey } from '../../platform/api-key.js';
import { PROJECT_ROOT } from '../../platform/environment.js';
import type { OwnedProcesses } from '../../platform/owned-process.js';
import { Turns } from '../../platform/turns.js';
import { uptimeMs } from '../../platform/uptime.js';
import { classifyTool } from '../classify-tool.js';
import type { BenchmarkRequest, BenchmarkResult, BenchmarkRunner, RunOptions } from '../types.js';
import { levelFiles, readMeasuredLoads, readToolVersion } from './result-files.js';

const LEVELS = 'levels';
const LOGS = 'logs';
const LOOK_EVERY_MS = 500;
const LOG_LINES = 400;
/** genai-bench refuses to start without `--api-key`, and then uses MODEL_API_KEY, which is on no command line. */
const KEY_IS_ELSEWHERE = 'in-MODEL_API_KEY';
/** What opens gated tokenizers of the hub: the worker's own, since it is the worker who chose the tool. */
const HUB_VARIABLES = ['HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN'];

/** The real genai-bench CLI as a detached process: one start for all loads of a step. */
export class GenaiBenchRunner implements BenchmarkRunner {
  readonly name = 'genai-bench';
  /** The benchmark that was let in last and has not ended: two at a time would measure each other. */
  private admitted: string | null = null;
  private readonly starting = new Turns();

  constructor(
    private readonly processes: OwnedProcesses,
    private readonly modelsDir: string,
    private readonly findGenaiBench: () => string | null
  ) {}

  async run(request: BenchmarkRequest, { signal, onProgress }: RunOptions): Promise<BenchmarkResult> {
    const { name, outputDir, loads, timeoutMs } = request;
    const folder = join(outputDir, LEVELS);
    await this.starting.take(name, () => this.startOrAdopt(request, { signal, onProgress }));
    const startedAtMs = uptimeMs() - (await this.processes.ageMs(name, 'benchmark'));
    // Its own signal, so that no watcher outlives this call.
    const watching = new AbortController();
    const exit = this.processes.waitForExit(name, 'benchmark', AbortSignal.any([signal, watching.signal]));
    let ended = false;
    void exit.then(
      () => (ended = true),
      () => undefined
    );
    try {
      while (!ended) {
        if (uptimeMs() - startedAtMs > timeoutMs) {
          throw new TunerError('BENCHMARK_TIMEOUT', `the benchmark took longer than ${timeoutMs / 1000} s`);
        }
        const finishedLoads = (await levelFiles(folder)).length;
        const message = `${finishedLoads} of ${loads.length} loads measured`;
        onProgress({ finishedLoads, totalLoads: loads.length, message });
        await Promise.race([exit, sleep(LOOK_EVERY_MS, undefined, { ref: false })]);
      }
    } catch (error) {
      if (!signal.aborted) {
        await this.processes.stop(name, 'benchmark');
        await this.processes.scrubOutput(name, 'benchmark');
      }
      throw error;
    } finally {
      watching.abort();
    }
    const totalSeconds = (uptimeMs() - startedAtMs) / 1000;
    await this.processes.scrubOutput(name, 'benchmark');
    const lines = await this.processes.tail(name, 'benchmark', LOG_LINES);
    try {
      const measuredLoads = await readMeasuredLoads(folder, {
        loads,
        maxErrorRate: request.benchmark.max_error_rate,
        goodput: request.benchmark.goodput,
        disturbances: await request.disturbances(),
      });
      const measurements = measuredLoads.map(({ measurement }) => measurement);
      const measured = measurements.reduce((sum, measurement) => sum + measurement.duration_s, 0);
      return {
        measurements,
        windows: measuredLoads.map(({ window }) => window),
        toolVersion: await readToolVersion(folder),
        totalSeconds,
        toolSeconds: totalSeconds - measured,
      };
    } catch (error) {
      throw await this.explain(name, error, lines);
    }
  }

  async stop(name: string): Promise<[]> {
    await this.processes.remove(name, 'benchmark');
    return [];
  }

  private async startOrAdopt(request: BenchmarkRequest, options: RunOptions): Promise<void> {
    const { name, outputDir } = request;
    if ((await this.processes.status(name, 'benchmark')) === 'vanished') await this.stop(name);
    if ((await this.processes.status(name, 'benchmark')) !== 'none') return;
    await this.waitForTurn(request, options);
    try {
      // Another worker of this host may have started it meanwhile, and its output is in that folder.
      if ((await this.processes.status(name, 'benchmark')) !== 'none') return;
      await rm(outputDir, { recursive: true, force: true });
      await request.beforeLoad();
      options.signal.throwIfAborted();
      await this.start(request);
    } finally {
      this.admitted = null;
    }
  }

  /** Waits while another benchmark runs on this host, also one that an earlier worker has started. */
  private async waitForTurn({ name, loads }: BenchmarkRequest, { signal, onProgress }: RunOptions): Promise<void> {
    const othersRun = async (): Promise<boolean> => {
      const others = (await this.processes.list()).filter((lease) => lease.kind === 'benchmark' && lease.name !== name);
      const states = await Promise.all(others.map((lease) => this.processes.status(lease.name, 'benchmark')));
      return states.includes('running');
    };
    for (;;) {
      if (this.admitted === null) {
        this.admitted = name;
        if (!(await othersRun())) return;
        this.admitted = null;
      }
      const message = 'waiting for another benchmark to end';
      onProgress({ finishedLoads: 0, totalLoads: loads.length, message, isWaiting: true });
      await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }

  private async start(request: BenchmarkRequest): Promise<void> {
    const program = this.findGenaiBench();
    if (!program)
      throw new TunerError('BENCHMARK_TOOL_NOT_FOUND', 'genai-bench is neither on PATH nor named by GENAI_BENCH_PATH');
    const { benchmark, endpoint, outputDir, loads } = request;
    const tokenizer = await this.findTokenizer(benchmark);
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
    await this.processes.start({
      name: request.name,
      kind: 'benchmark',
      owner: request.owner,
      port: null,
      command: [program, 'benchmark', ...args],
      env: {
        MODEL_API_KEY: apiKey,
        TOKENIZERS_PARALLELISM: 'false',
        MPLCONFIGDIR: join(outputDir, LOGS),
        ...(isAbsolute(tokenizer) ? { HF_HUB_OFFLINE: '1' } : fromEnvironment(HUB_VARIABLES)),
      },
      keyFile: endpoint.apiKeyFile,
      outputDir,
    });
  }

  /** A folder on this machine, or a hub id as it is. */
  private async findTokenizer({ model_tokenizer: given, model_name }: BenchmarkRequest['benchmark']): Promise<string> {
    const wanted = given ?? model_name;
    const places = [isAbsolute(wanted) ? wanted : join(PROJECT_ROOT, wanted), join(this.modelsDir, wanted)];
    for (const place of places) if (await stat(join(place, 'tokenizer.json')).catch(() => null)) return place;
    if (/^\w[\w.-]*\/\w[\w.-]*$/.test(wanted)) return wanted;
    throw new TunerError('TOKENIZER_NOT_FOUND', `no tokenizer.json in ${places.join(' nor in ')}`);
  }

  /** A missing level after a clean end is the load's failure; after a crash it is the tool's. */
  private async explain(name: string, error: unknown, lines: readonly string[]): Promise<unknown> {
    const status = await this.processes.status(name, 'benchmark');
    if (!(error instanceof TunerError)) return error;
    const { code, why, evidence } = classifyTool(lines);
    const clean = typeof status === 'object' && status.code === 0;
    if (clean || !error.message.includes('no request finished'))
      return new TunerError(error.code, error.message, evidence);
    const how = typeof status === 'object' ? `exited with ${status.signal ?? status.code}` : 'is gone';
    return new TunerError(code, `genai-bench ${how}; ${why ?? error.message}`, evidence);
  }
}

function fromEnvironment(names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

/** The prototype's task files write numbers as texts: `"temperature": "0.0"`. */
function withNumbers(params: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const convert = (value: unknown): unknown =>
    typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value) ? Number(value) : value;
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, convert(value)]));
}
