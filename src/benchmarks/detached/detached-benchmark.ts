/** A load generator as a detached process: what is the same for all of them. It outlives the worker, and the next one picks it up. */
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { TunerError } from '../../domain/failures.js';
import type { OwnedProcesses } from '../../platform/owned-process.js';
import { Turns } from '../../platform/turns.js';
import { uptimeMs } from '../../platform/uptime.js';
import { classifyTool } from '../classify-tool.js';
import { NOTHING_FINISHED, type MeasuredLoad } from '../measured-loads.js';
import type { BenchmarkRequest, BenchmarkResult, BenchmarkRunner, RunOptions } from '../types.js';
import type { Admission } from './admission.js';

const LOOK_EVERY_MS = 500;
const LOG_LINES = 400;

/** What a load generator adds. */
export interface LoadTool {
  readonly name: BenchmarkRunner['name'];
  /**
   * Prepares its folder, which is empty, and says what to start: once for all loads.
   * @throws TunerError BENCHMARK_TOOL_NOT_FOUND, TOKENIZER_NOT_FOUND, INVALID_TASK.
   */
  prepare(request: BenchmarkRequest): Promise<ToolCommand>;
  /** How many loads it has measured so far. */
  finishedLoads(outputDir: string): Promise<number>;
  /** What it has measured, in the order of the loads. @throws TunerError LOAD_FAILED, BENCHMARK_FAILED. */
  read(request: BenchmarkRequest): Promise<readonly MeasuredLoad[]>;
  readVersion(outputDir: string): Promise<string>;
  /** Removes what it has left outside its folder; nothing is a success. */
  cleanUp?(name: string): Promise<void>;
}

export interface ToolCommand {
  readonly command: readonly string[];
  /** Secrets travel here and on no command line. */
  readonly env: Readonly<Record<string, string>>;
}

export class DetachedBenchmark implements BenchmarkRunner {
  readonly name: BenchmarkRunner['name'];
  private readonly starting = new Turns();

  constructor(
    private readonly tool: LoadTool,
    private readonly processes: OwnedProcesses,
    private readonly admission: Admission
  ) {
    this.name = tool.name;
  }

  async run(request: BenchmarkRequest, { signal, onProgress }: RunOptions): Promise<BenchmarkResult> {
    const { name, loads, timeoutMs } = request;
    const totalLoads = loads.length;
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
        const finishedLoads = await this.tool.finishedLoads(request.outputDir);
        onProgress({ finishedLoads, totalLoads, message: `${finishedLoads} of ${totalLoads} loads measured` });
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
    return this.read(request, totalSeconds);
  }

  async stop(name: string): Promise<[]> {
    await this.processes.remove(name, 'benchmark');
    await this.tool.cleanUp?.(name);
    return [];
  }

  private async startOrAdopt(request: BenchmarkRequest, { signal, onProgress }: RunOptions): Promise<void> {
    const { name, loads } = request;
    if ((await this.processes.status(name, 'benchmark')) === 'vanished') await this.stop(name);
    if ((await this.processes.status(name, 'benchmark')) !== 'none') return;
    const message = 'waiting for another benchmark to end';
    const onWait = (): void => onProgress({ finishedLoads: 0, totalLoads: loads.length, message, isWaiting: true });
    await this.admission.admit(name, () => this.start(request, signal), signal, onWait);
  }

  private async start(request: BenchmarkRequest, signal: AbortSignal): Promise<void> {
    const { name, owner, endpoint, outputDir } = request;
    // Another worker of this host may have started it meanwhile, and its output is in that folder.
    if ((await this.processes.status(name, 'benchmark')) !== 'none') return;
    await rm(outputDir, { recursive: true, force: true });
    await request.beforeLoad();
    const { command, env } = await this.tool.prepare(request);
    signal.throwIfAborted();
    await this.processes.start({
      name,
      kind: 'benchmark',
      owner,
      port: null,
      command: [...command],
      env,
      keyFile: endpoint.apiKeyFile,
      outputDir,
    });
  }

  private async read(request: BenchmarkRequest, totalSeconds: number): Promise<BenchmarkResult> {
    const lines = await this.processes.tail(request.name, 'benchmark', LOG_LINES);
    try {
      const measuredLoads = await this.tool.read(request);
      const measurements = measuredLoads.map(({ measurement }) => measurement);
      const measured = measurements.reduce((sum, measurement) => sum + measurement.duration_s, 0);
      return {
        measurements,
        windows: measuredLoads.map(({ window }) => window),
        toolVersion: await this.tool.readVersion(request.outputDir),
        totalSeconds,
        toolSeconds: totalSeconds - measured,
      };
    } catch (error) {
      throw await this.explain(request.name, error, lines);
    }
  }

  /** A missing level after a clean end is the load's failure; after a crash it is the tool's. */
  private async explain(name: string, error: unknown, lines: readonly string[]): Promise<unknown> {
    const status = await this.processes.status(name, 'benchmark');
    if (!(error instanceof TunerError)) return error;
    const { code, why, evidence } = classifyTool(lines);
    const clean = typeof status === 'object' && status.code === 0;
    const isOfLoad = clean || code === 'LOAD_FAILED' || !error.message.includes(NOTHING_FINISHED);
    if (isOfLoad) return new TunerError(error.code, error.message, evidence);
    const how = typeof status === 'object' ? `exited with ${status.signal ?? status.code}` : 'is gone';
    return new TunerError(code, `${this.tool.name} ${how}; ${why ?? error.message}`, evidence);
  }
}
