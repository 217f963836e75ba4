import { createHash } from 'node:crypto';
import { lstat, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { TunerError } from '../../domain/failures.js';
import { loadOf, type Load } from '../../domain/loads/load.js';
import { stepNumberOf } from '../../domain/names.js';
import { readApiKey } from '../../platform/api-key.js';
import { PROJECT_ROOT } from '../../platform/environment.js';
import type { OwnedProcesses } from '../../platform/owned-process.js';
import { DetachedBenchmark, type LoadTool, type ToolCommand } from '../detached/detached-benchmark.js';
import { findTokenizer, hubVariables } from '../detached/tokenizer.js';
import { Admission } from '../detached/admission.js';
import { inOrder, withDisturbances, type MeasuredLoad } from '../measured-loads.js';
import type { BenchmarkRequest } from '../types.js';
import { measurementOf } from './measurement.js';
import { readRecords } from './records.js';
import { KEY_VARIABLE, runConfig } from './run-config.js';
import { cutTrace, readTrace } from './trace.js';

const SERIES = join(PROJECT_ROOT, 'dist', 'benchmarks', 'aiperf', 'series.cjs');
/** No one listens there. aiperf finds a tokenizer in a folder only while it believes that it is online, and then asks the hub nothing. */
const NO_HUB = { HF_ENDPOINT: 'http://127.0.0.1:9', HF_HUB_DISABLE_TELEMETRY: '1', DO_NOT_TRACK: '1' };
const MOST_METADATA = 16 * 1024 * 1024;

export interface AiperfPlaces {
  readonly modelsDir: string;
  /** Where the traces are that tasks may name. */
  readonly tracesDir: string;
}

/** NVIDIA's aiperf as a detached process: requests at a rate, of a trace, or a number of them in flight. One start for each load. */
export class AiperfRunner extends DetachedBenchmark {
  /** @param admission that of the host, where there are other runners. */
  constructor(
    processes: OwnedProcesses,
    places: AiperfPlaces,
    findAiperf: () => string | null,
    admission: Admission = new Admission(processes)
  ) {
    super(new Aiperf(places, findAiperf), processes, admission);
  }
}

const endSchema = z.object({ code: z.int().nullable() });

class Aiperf implements LoadTool {
  readonly name = 'aiperf';

  constructor(
    private readonly places: AiperfPlaces,
    private readonly findAiperf: () => string | null
  ) {}

  async prepare(request: BenchmarkRequest): Promise<ToolCommand> {
    const { benchmark, endpoint, outputDir, loads } = request;
    const program = this.findAiperf();
    if (!program) {
      throw new TunerError(
        'BENCHMARK_TOOL_NOT_FOUND',
        'aiperf is neither on PATH nor named by AIPERF_PATH; `npm run setup -- --only aiperf` installs it'
      );
    }
    const tokenizer = await findTokenizer(benchmark, this.places.modelsDir);
    const apiKey = await readApiKey(endpoint.apiKeyFile);
    await mkdir(outputDir, { recursive: true });
    const series: { folder: string; config: string }[] = [];
    for (const [i, load] of loads.entries()) {
      const folder = folderOf(outputDir, i);
      const config = `${folder}.json`;
      const content = runConfig({
        ...{ load, benchmark, tokenizer, folder },
        baseUrl: endpoint.baseUrl,
        modelName: endpoint.modelName,
        // The same in every experiment, so that all meet the same requests at the same times; another one in each round of repeats.
        seed: stepNumberOf(request.name) * 1000 + i,
        traceFile: await this.writeTrace(request, load, `${folder}.trace.jsonl`),
      });
      await writeFile(config, JSON.stringify(content, null, 1));
      series.push({ folder, config });
    }
    const plan = join(outputDir, 'series.json');
    await writeFile(plan, JSON.stringify({ program, loads: series }, null, 1));
    return {
      command: [process.execPath, SERIES, plan],
      env: {
        [KEY_VARIABLE]: apiKey,
        TOKENIZERS_PARALLELISM: 'false',
        TMPDIR: await makeScratch(request.name),
        ...(isAbsolute(tokenizer) ? NO_HUB : hubVariables()),
      },
    };
  }

  async finishedLoads(outputDir: string): Promise<number> {
    for (let i = 0; ; i++) if (!(await stat(join(folderOf(outputDir, i), 'ended.json')).catch(() => null))) return i;
  }

  async read({ outputDir, loads, benchmark, disturbances: look }: BenchmarkRequest): Promise<MeasuredLoad[]> {
    const disturbances = await look();
    const measured: MeasuredLoad[] = [];
    for (const [i, load] of loads.entries()) {
      const folder = folderOf(outputDir, i);
      const requests = await readRecords(join(folder, 'profile_export.jsonl')).catch((error: unknown) => {
        if (error instanceof TunerError) throw error;
        return [];
      });
      const [first] = requests;
      if (!first) continue;
      const isWhole = (await endOf(folder)) === 0;
      // What an aiperf that failed has left would be taken for a shorter load; that every request failed is worth telling.
      if (!isWhole && requests.some(({ error }) => error === null)) continue;
      const measurement = measurementOf(loadOf(load), requests, benchmark.goodput);
      const fromMs = first.sentAt * 1000;
      const durationSeconds = measurement.duration_s;
      const window = { fromMs, toMs: fromMs + durationSeconds * 1000, durationSeconds };
      measured.push({ measurement: withDisturbances(measurement, window, disturbances), window });
    }
    return inOrder(measured, { loads, maxErrorRate: benchmark.max_error_rate, disturbances });
  }

  async readVersion(outputDir: string): Promise<string> {
    const file = join(folderOf(outputDir, 0), 'profile_export_aiperf.json');
    const size = (await stat(file).catch(() => null))?.size ?? Infinity;
    const text = size > MOST_METADATA ? '' : await readFile(file, 'utf8').catch(() => '');
    return `aiperf ${/"aiperf_version":\s*"([\w.+-]{1,40})"/.exec(text)?.[1] ?? 'unknown'}`;
  }

  cleanUp(name: string): Promise<void> {
    return rm(scratchOf(name), { recursive: true, force: true });
  }

  /** The trace as this load replays it; none where it replays none. */
  private async writeTrace({ benchmark }: BenchmarkRequest, load: Load, file: string): Promise<string | undefined> {
    if (!benchmark.trace || load.speed === undefined) return undefined;
    const { max_requests_per_iteration: requests, max_time_per_iteration: minutes } = benchmark;
    const all = await readTrace(this.places.tracesDir, benchmark.trace.file);
    const lines = cutTrace(all, { speed: load.speed, requests, seconds: minutes * 60 });
    await writeFile(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return file;
  }
}

function folderOf(outputDir: string, load: number): string {
  return join(outputDir, `load-${load + 1}`);
}

/** Its exit code; null where nobody saw it end, or a signal ended it. */
async function endOf(folder: string): Promise<number | null> {
  const text = await readFile(join(folder, 'ended.json'), 'utf8').catch(() => 'null');
  try {
    return endSchema.parse(JSON.parse(text)).code;
  } catch {
    return null;
  }
}

/**
 * Its sockets and its data set: short, since a socket's path must be, and known by the name, so that whoever takes the experiment down
 * can remove what a killed aiperf has left.
 */
function scratchOf(name: string): string {
  return join(tmpdir(), `autotuner-aiperf-${createHash('sha256').update(name).digest('hex').slice(0, 12)}`);
}

async function makeScratch(name: string): Promise<string> {
  const folder = scratchOf(name);
  const found = await lstat(folder).catch(() => null);
  if (found && (!found.isDirectory() || found.uid !== process.getuid?.()))
    throw new TunerError('BENCHMARK_FAILED', `${folder} belongs to somebody else`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { mode: 0o700 });
  return folder;
}
