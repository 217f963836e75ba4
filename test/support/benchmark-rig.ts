/** A folder in which a benchmark runner starts a stub of its tool, and what a test asks of it. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchmarkRequest, BenchmarkResult, BenchmarkRunner, RunOptions } from '../../src/benchmarks/types.js';
import { loadsOf } from '../../src/domain/loads/load.js';
import { OwnedProcesses } from '../../src/platform/owned-process.js';
import { findMarked } from '../../src/platform/process-tree.js';
import { taskOf } from './tasks.js';

/** The engine's key, which must not be found anywhere. */
export const SECRET = 'a-secret-key';

export class BenchmarkRig {
  /** The experiment's. */
  readonly name: string;
  readonly modelsDir: string;
  readonly log: string;

  private constructor(readonly dir: string) {
    this.name = basename(dir).toLowerCase();
    this.modelsDir = join(dir, 'models');
    this.log = join(dir, 'bench.log');
  }

  static async create(): Promise<BenchmarkRig> {
    const rig = new BenchmarkRig(await mkdtemp(join(tmpdir(), 'bench-')));
    process.env['STUB_BENCH_LOG'] = rig.log;
    await mkdir(join(rig.modelsDir, 'tok'), { recursive: true });
    await writeFile(join(rig.modelsDir, 'tok', 'tokenizer.json'), '{}');
    await writeFile(join(rig.dir, 'key'), SECRET);
    return rig;
  }

  /** As another worker would have them: nothing is shared but the disk. */
  processes(): OwnedProcesses {
    return new OwnedProcesses(join(this.dir, 'leases'));
  }

  request(benchmark: object, timeoutMs = 20_000): BenchmarkRequest {
    const task = taskOf({ benchmark: { model_tokenizer: 'tok', ...benchmark } });
    return {
      name: this.name,
      owner: { workflowId: 'tune/x/1', runId: 'r', taskName: 'x', experimentId: 1 },
      endpoint: { baseUrl: 'http://127.0.0.1:9', modelName: 'm', apiKeyFile: join(this.dir, 'key') },
      benchmark: task.benchmark,
      ome: task.ome,
      disturbances: () => Promise.resolve([]),
      beforeLoad: () => Promise.resolve(),
      loads: loadsOf(task.benchmark),
      outputDir: join(this.dir, 'output'),
      timeoutMs,
    };
  }

  run(runner: BenchmarkRunner, asked: BenchmarkRequest, options: Partial<RunOptions> = {}): Promise<BenchmarkResult> {
    const { signal } = new AbortController();
    return runner.run(asked, { signal, onProgress: () => undefined, ...options });
  }

  /** What the stub has written down. */
  async events(): Promise<string[]> {
    return (await readFile(this.log, 'utf8').catch(() => '')).split('\n').filter(Boolean);
  }

  async startCount(): Promise<number> {
    return (await this.events()).filter((event) => event.startsWith('start')).length;
  }

  async untilStarted(): Promise<void> {
    while ((await this.startCount()) === 0) await sleep(20);
  }

  /** The processes of the benchmark. */
  alive(): Promise<number[]> {
    return findMarked(`${this.name}.benchmark`);
  }

  close(): Promise<void> {
    return rm(this.dir, { recursive: true, force: true });
  }
}
