/** The real application in a folder of its own: Temporal server, workers and CLI as processes that can be killed. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, Tunes, type Tune } from '../../src/client/index.js';
import type { Phase } from '../../src/domain/tuning/experiment.js';
import type { TaskFile } from '../../src/domain/task/task.schema.js';
import type { ResultsFile } from '../../src/domain/results/tune-result.js';
import { findTool } from '../../src/platform/environment.js';
import { findFreePort } from '../../src/platform/ports.js';
import { loadTaskFile } from '../../src/platform/task-file.js';
import { processesWith, valueOf } from './processes.js';

const PHASES: readonly Phase[] = [
  'queued',
  'deploying',
  'starting',
  'warming-up',
  'benchmarking',
  'tearing-down',
  'done',
];
const CLI = resolve('dist/cli/main.js');
const STUBS = resolve('test/support/stubs');

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export class World {
  private readonly children: ChildProcess[] = [];
  private library: Tunes | null = null;
  private first: ChildProcess | null = null;

  private constructor(
    readonly dir: string,
    readonly port: number,
    readonly uiPort: number,
    private readonly variables: NodeJS.ProcessEnv
  ) {}

  /** @param variables added to the environment of everything that is started. */
  static async create(variables: NodeJS.ProcessEnv = {}): Promise<World> {
    const dir = await mkdtemp(join(tmpdir(), 'world-'));
    await mkdir(join(dir, 'models', 'tok'), { recursive: true });
    await writeFile(join(dir, 'models', 'tok', 'tokenizer.json'), '{}');
    const port = await findFreePort(new Set(), randomInt(10_000));
    const uiPort = await findFreePort(new Set([port]), randomInt(10_000));
    return new World(dir, port, uiPort, variables);
  }

  /** A world whose server and worker run. */
  static async running(variables: NodeJS.ProcessEnv = {}): Promise<World> {
    const world = await World.create(variables);
    await world.startServer();
    world.first = await world.startWorker();
    return world;
  }

  /** The worker that `running` has started. */
  get worker(): ChildProcess {
    if (!this.first) throw new Error('this world was made without a worker');
    return this.first;
  }

  get env(): NodeJS.ProcessEnv {
    return {
      ...process.env,
      TEMPORAL_ADDRESS: `127.0.0.1:${this.port}`,
      AUTOTUNER_STATE_DIR: join(this.dir, 'state'),
      AUTOTUNER_RESULTS_DIR: join(this.dir, 'results'),
      AUTOTUNER_MODELS_DIR: join(this.dir, 'models'),
      AUTOTUNER_ALLOW_COMMAND: '1',
      GENAI_BENCH_PATH: join(STUBS, 'stub-genai-bench.mjs'),
      AIPERF_PATH: join(STUBS, 'stub-aiperf.mjs'),
      STUB_BENCH_LOG: join(this.dir, 'bench.log'),
      NO_COLOR: '1',
      ...this.variables,
    };
  }

  /**
   * Starts a command of the CLI that stays, and waits for a line that begins with `ready`.
   * @param program a script that takes the CLI's place.
   */
  async start(
    args: readonly string[],
    ready: string,
    variables: NodeJS.ProcessEnv = {},
    program = CLI
  ): Promise<ChildProcess> {
    const env = { ...this.env, ...variables };
    const child = spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.children.push(child);
    let printed = '';
    child.stderr.on('data', (data: Buffer) => (printed += data.toString()));
    for await (const line of createInterface({ input: child.stdout })) {
      printed += `${line}\n`;
      if (line.startsWith(ready)) {
        child.stdout.resume();
        return child;
      }
    }
    throw new Error(`${args.join(' ')} ended before it was ready:\n${printed}`);
  }

  /** The development server, or what the suite `production` has in its place. */
  startServer(): Promise<ChildProcess> {
    const ports = ['--port', `${this.port}`, '--ui-port', `${this.uiPort}`];
    const other = process.env['AUTOTUNER_TEST_SERVER'];
    return other ? this.start(ports, 'UI', {}, other) : this.start(['dev', '--no-worker', ...ports], 'UI');
  }

  startWorker(...args: string[]): Promise<ChildProcess> {
    return this.start(['worker', ...args], 'serving');
  }

  /** `autotuner serve` on a port of its own. */
  async startApi(variables: NodeJS.ProcessEnv = {}): Promise<{ host: string; port: number; child: ChildProcess }> {
    const port = await findFreePort(new Set([this.port, this.uiPort]), randomInt(10_000));
    const child = await this.start(['serve', '--port', `${port}`], 'API', variables);
    return { host: '127.0.0.1', port, child };
  }

  cli(...args: string[]): Promise<Ran> {
    return this.cliWith({}, ...args);
  }

  cliWith(variables: NodeJS.ProcessEnv, ...args: string[]): Promise<Ran> {
    return run(process.execPath, [CLI, ...args], { ...this.env, ...variables }, this.dir);
  }

  /** The client library, connected to this world's server. */
  async tunes(): Promise<Tunes> {
    this.library ??= new Tunes(await connect({ address: `127.0.0.1:${this.port}` }));
    return this.library;
  }

  async startTune(path: string): Promise<Tune> {
    return (await this.tunes()).start((await loadTaskFile(path)).file);
  }

  /** Temporal's own CLI. */
  temporal(...args: string[]): Promise<Ran> {
    return run(
      findTool('temporal') ?? 'temporal',
      [...args, '--address', `127.0.0.1:${this.port}`],
      this.env,
      this.dir
    );
  }

  /** A task for the stubs, written to a file. @returns the file's path. */
  async task(name: string, { engine = [], stub = {}, optimization, ...more }: StubTask = {}): Promise<string> {
    const file: TaskFile = {
      task_name: name,
      backend: 'process',
      engine: {
        command: [
          ...[process.execPath, join(STUBS, 'stub-engine.mjs'), '--port', '{port}', '--api-key-file', '{api_key_file}'],
          ...engine,
        ],
      },
      model: { name: 'm' },
      parameters: { depth: { type: 'choice', values: [1, 2] } },
      optimization: { strategy: 'grid_search', ...optimization },
      // The few tests of the verdict switch it on.
      baseline: false,
      benchmark: {
        model_name: 'm',
        model_tokenizer: 'tok',
        additional_params: { stub },
        warmup_requests: 2,
      },
      ...more,
    };
    const path = join(this.dir, `${name}.json`);
    await writeFile(path, JSON.stringify(file));
    return path;
  }

  async results(name: string): Promise<ResultsFile> {
    return JSON.parse(await readFile(join(this.dir, 'results', `${name}_results.json`), 'utf8')) as ResultsFile;
  }

  /** How often the load generator was started for each experiment. */
  async benchmarkStarts(): Promise<Record<string, number>> {
    const text = await readFile(join(this.dir, 'bench.log'), 'utf8').catch(() => '');
    const counts: Record<string, number> = {};
    for (const [, folder = ''] of text.matchAll(/^start (.*)$/gm)) counts[folder] = (counts[folder] ?? 0) + 1;
    return counts;
  }

  /** Pids that were started in this world and are alive, by a piece of their environment. */
  async processes(mark = '', state = 'state'): Promise<number[]> {
    return (await this.alive(state)).filter(({ owned }) => owned.startsWith(mark)).map(({ pid }) => pid);
  }

  /** What is owned in this world and alive, once for each process: `<experiment>.engine`. */
  async owned(prefix: string): Promise<{ pid: number; owned: string }[]> {
    return (await this.alive('state')).filter(({ owned }) => owned !== '' && owned.startsWith(prefix));
  }

  private async alive(state: string): Promise<{ pid: number; owned: string }[]> {
    // Hosts of their own have state folders whose names begin in the same way.
    const found = await processesWith(`AUTOTUNER_STATE_DIR=${join(this.dir, state)}`);
    return found.map(({ pid, environment }) => ({ pid, owned: valueOf(environment, 'AUTOTUNER_OWNED') ?? '' }));
  }

  /** Waits until the tune's status (as `autotuner status --json` has it) satisfies the condition. */
  async until<T>(look: () => Promise<T | false | null | undefined>, what: string, withinMs = 60_000): Promise<T> {
    const deadline = Date.now() + withinMs;
    while (Date.now() < deadline) {
      const value = await look();
      if (value) return value;
      await sleep(50);
    }
    throw new Error(`waited in vain for: ${what}`);
  }

  /** Waits until a running experiment is in the phase or beyond it: some phases are shorter than the time between two looks. */
  async untilPhase(tune: Tune, phase: Phase, experimentId = 1, withinMs?: number): Promise<void> {
    await this.until(
      async () => {
        const snapshot = await tune.look().catch(() => null);
        const running = snapshot?.running.find((item) => item.experimentId === experimentId);
        return running && PHASES.indexOf(running.phase) >= PHASES.indexOf(phase);
      },
      `experiment ${experimentId} is ${phase}`,
      withinMs
    );
  }

  /** Makes all that is owned here look an hour old, for the reaper, which spares what is young. */
  async age(state = 'state'): Promise<void> {
    for (const folder of ['leases', 'places']) {
      const root = join(this.dir, state, folder);
      for (const name of await readdir(root).catch(() => [])) {
        const path = folder === 'leases' ? join(root, name, 'lease.json') : join(root, name);
        const text = await readFile(path, 'utf8').catch(() => null);
        const old = (_: string, key: string): string => `"${key}":${Date.now() - 3_600_000}`;
        if (text !== null) await writeFile(path, text.replace(/"(createdAtMs|claimedAtMs)":\d+/, old));
      }
    }
  }

  /** Ends everything of this world and removes its folder. */
  async close(): Promise<void> {
    await this.library?.client.connection.close();
    for (const child of this.children) child.kill('SIGKILL');
    await this.endProcesses();
    await rm(this.dir, { recursive: true, force: true });
  }

  async endProcesses(): Promise<void> {
    for (let round = 0; round < 100; round++) {
      const pids = await this.processes();
      if (pids.length === 0) return;
      for (const pid of pids) kill(pid, 'SIGKILL');
      await sleep(50);
    }
  }
}

export type StubTask = Partial<Omit<TaskFile, 'engine'>> & {
  /** Flags of the stub engine. */
  readonly engine?: readonly string[];
  /** What the stub load generator does. */
  readonly stub?: object;
};

/** Signals a process that may have ended already. */
export function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** @returns the exit code, or the signal that ended it. */
export async function ended(child: ChildProcess): Promise<number | NodeJS.Signals | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode ?? child.signalCode;
}

function run(file: string, args: string[], env: NodeJS.ProcessEnv, cwd: string): Promise<Ran> {
  return new Promise((done) => {
    const options = { env, cwd, maxBuffer: 64 * 2 ** 20 };
    const child = execFile(file, args, options, (_, stdout, stderr) =>
      done({ code: child.exitCode ?? -1, stdout, stderr })
    );
  });
}
