import { randomBytes } from 'node:crypto';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Leak } from '../../domain/tuning/experiment.js';
import { TunerError } from '../../domain/failures.js';
import { splitReferences } from '../../domain/task/secrets.js';
import type { TuningTask } from '../../domain/task/task.schema.js';
import { probeCompletion, type Probe } from '../../platform/completion-client.js';
import { PROJECT_ROOT, type Environment } from '../../platform/environment.js';
import { describeMachine } from '../../platform/machine.js';
import type { Lease, OwnedProcesses } from '../../platform/owned-process.js';
import { Turns } from '../../platform/turns.js';
import { uptimeMs } from '../../platform/uptime.js';
import { writeOnce } from '../../platform/write-once.js';
import { findFreePort, isFree, listenersOf } from '../../platform/ports.js';
import { findMarked } from '../../platform/process-tree.js';
import { engineArguments, engineProgram } from '../engine-command.js';
import { classifyExit, classifySilence, LINES_TO_CLASSIFY } from '../classify/classify.js';
import type { Phase } from '../classify/rule.js';
import { acceleratorsOf } from '../engine-flags.js';
import type {
  Deployment,
  Endpoint,
  EngineInfo,
  HostAccelerators,
  OwnedList,
  ServingBackend,
  Watching,
} from '../types.js';

const HOST = '127.0.0.1';
const USUAL_PORT = 8080;
const PROBE_EVERY_MS = 100;
const PROBE_TIMEOUT_MS = 10_000;
const NOTHING_YET = 'nothing yet';
const NONE: HostAccelerators = { startOn: (_, start) => start({}), settle: async () => [], describe: () => '' };

/** Engines as detached processes of this machine. */
export class ProcessBackend implements ServingBackend {
  readonly name = 'process';
  private readonly deploying = new Turns();

  constructor(
    private readonly processes: OwnedProcesses,
    private readonly environment: Pick<Environment, 'modelsDir' | 'allowCommand'>,
    private readonly accelerators: HostAccelerators = NONE
  ) {}

  deploy(deployment: Deployment, signal?: AbortSignal): Promise<void> {
    return this.deploying.take(deployment.name, () => this.start(deployment, signal));
  }

  private async start({ name, owner, task, combination }: Deployment, signal?: AbortSignal): Promise<void> {
    if ((await this.processes.status(name, 'engine')) !== 'none') return;
    const program = engineProgram(task.engine, this.environment.allowCommand);
    const model = await this.findModel(task);
    const { texts, references } = splitReferences(task.process.environment);
    const secrets = await this.processes.secrets.resolve(references);
    const apiKeyFile = this.apiKeyFile(name);
    // Half of the time is left for the rest; what is held longer is not given back soon.
    const limitMs = (task.timeouts.deploy * 1000) / 2;
    const request = { name, needed: acceleratorsOf(task, combination), limitMs, signal };
    await this.accelerators.startOn(request, async (devices) => {
      // A worker that was held up goes on with what another attempt has taken over, until it hears of it.
      signal?.throwIfAborted();
      const port = await this.choosePort(task);
      await mkdir(dirname(apiKeyFile), { recursive: true, mode: 0o700 });
      await writeOnce(apiKeyFile, randomBytes(24).toString('hex'));
      const args = engineArguments(task, combination, {
        model,
        alias: task.benchmark.model_name,
        host: HOST,
        port,
        apiKeyFile,
        metrics: true,
      });
      await this.processes.start({
        name,
        kind: 'engine',
        owner,
        port,
        env: { ...texts, ...secrets, ...devices },
        command: [...program, ...args],
        secrets: Object.values(references),
        keyFile: apiKeyFile,
      });
    });
  }

  async waitUntilServing(
    deployment: Deployment,
    timeoutMs: number,
    { signal, onProgress }: Watching
  ): Promise<EngineInfo> {
    const lease = await this.leaseOf(deployment.name);
    const deadline = uptimeMs() + timeoutMs - (await this.processes.ageMs(deployment.name, 'engine'));
    let last: Probe = { state: 'unreachable', saw: NOTHING_YET };
    while (uptimeMs() < deadline) {
      signal.throwIfAborted();
      const gone = await this.exitOf(deployment.name, 'start');
      if (gone) throw gone;
      const left = Math.min(PROBE_TIMEOUT_MS, Math.max(1, deadline - uptimeMs()));
      const probe = await this.probe(deployment, signal, left);
      // A try that the deadline cut short says nothing: what was seen before it counts.
      if (probe.state !== 'slow' || left === PROBE_TIMEOUT_MS || last.saw === NOTHING_YET) last = probe;
      onProgress(last.saw);
      if (last.state === 'served') {
        await this.verifyListener(deployment.name, lease.port);
        return {
          engine: engineName(deployment.task),
          version: await this.version(deployment),
          model: await describeModel(await this.findModel(deployment.task)),
          command: await this.commandByHand(deployment),
          hardware: [describeMachine(), this.accelerators.describe(deployment.name)].filter(Boolean).join('; '),
        };
      }
      await sleep(PROBE_EVERY_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
    const lines = await this.logLines(deployment.name);
    const code = last.state === 'wrong' ? 'WRONG_ANSWERS' : 'ENGINE_START_TIMEOUT';
    const message = `the engine served no completion within ${timeoutMs / 1000} s; the last try saw: ${last.saw}`;
    throw classifySilence({ code, message }, { lines, phase: 'start' });
  }

  async endpoint({ name, task }: Deployment): Promise<Endpoint & { readonly apiKeyFile: string }> {
    const { port } = await this.leaseOf(name);
    return {
      baseUrl: `http://${HOST}:${port}`,
      modelName: task.benchmark.model_name,
      apiKeyFile: this.apiKeyFile(name),
    };
  }

  async diagnose(deployment: Deployment): Promise<TunerError | null> {
    const gone = await this.exitOf(deployment.name, 'load');
    if (gone) return gone;
    const probe = await this.probe(deployment, new AbortController().signal, PROBE_TIMEOUT_MS);
    if (probe.state === 'served') return null;
    // It may have ended a moment ago, so that the first look came too early.
    const goneNow = await this.exitOf(deployment.name, 'load');
    if (goneNow) return goneNow;
    const lines = await this.logLines(deployment.name);
    const message = `the engine runs but does not answer: ${probe.saw}`;
    return classifySilence({ code: 'ENGINE_UNRESPONSIVE', message }, { lines, phase: 'load' });
  }

  /** Nothing is between this host and its own engine. */
  disturbances(): Promise<[]> {
    return Promise.resolve([]);
  }

  mend(): Promise<void> {
    return Promise.resolve();
  }

  /** A process cannot outlive its host: its lease needs no renewal. */
  renew(): Promise<void> {
    return Promise.resolve();
  }

  async tearDown(name: string, keepLogIn: string | null, signal?: AbortSignal): Promise<readonly Leak[]> {
    await this.processes.stop(name, 'engine');
    // A disk that is full must not keep an engine's place.
    if (keepLogIn) await this.processes.keepLog(name, 'engine', join(keepLogIn, 'engine.log')).catch(() => undefined);
    await this.processes.remove(name, 'engine');
    // The way to an engine elsewhere is a process of this host, and stays one where there is no cluster any more.
    if (await this.processes.lease(name, 'forward')) await this.processes.remove(name, 'forward');
    return this.accelerators.settle(name, signal);
  }

  /** Every process of this host, whatever it is for. */
  async listOwned(): Promise<OwnedList> {
    const owned = (await this.processes.list()).map(async ({ name, kind, owner, createdAtMs }) => ({
      name,
      kind,
      owner,
      createdAtMs,
      alive: (await this.processes.status(name, kind)) === 'running',
    }));
    return { owned: await Promise.all(owned), problems: [] };
  }

  /** The same engine as a person would start it: without the throw-away key, on llama-server's usual port. */
  private async commandByHand({ task, combination }: Deployment): Promise<string[]> {
    const model = await this.findModel(task);
    const alias = task.benchmark.model_name;
    const context = { model, alias, host: HOST, port: task.process.port ?? USUAL_PORT, apiKeyFile: null };
    const variables = Object.entries(splitReferences(task.process.environment).texts);
    return [
      ...(variables.length > 0 ? ['env', ...variables.map(([name, value]) => `${name}=${value}`)] : []),
      ...engineProgram(task.engine, this.environment.allowCommand),
      ...engineArguments(task, combination, context),
    ];
  }

  private apiKeyFile(name: string): string {
    return join(this.processes.folder(name, 'engine'), 'api-key');
  }

  private async leaseOf(name: string): Promise<Lease & { readonly port: number }> {
    const lease = await this.processes.lease(name, 'engine');
    // What the engine answers may hold them.
    await this.processes.secrets.recall(lease?.secrets ?? []);
    if (lease?.port != null) return { ...lease, port: lease.port };
    throw new TunerError('ENGINE_CRASHED', 'the engine has no lease on this host: it was taken down meanwhile');
  }

  private async exitOf(name: string, phase: Phase): Promise<TunerError | null> {
    const status = await this.processes.status(name, 'engine');
    if (status === 'running') return null;
    return classifyExit(status === 'none' ? 'vanished' : status, { lines: await this.logLines(name), phase });
  }

  private logLines(name: string): Promise<string[]> {
    return this.processes.tail(name, 'engine', LINES_TO_CLASSIFY);
  }

  private async probe(deployment: Deployment, signal: AbortSignal, timeoutMs: number): Promise<Probe> {
    const { baseUrl, modelName, apiKeyFile } = await this.endpoint(deployment);
    const apiKey = await readFile(apiKeyFile, 'utf8').catch(() => '');
    return probeCompletion({ baseUrl, modelName, apiKey, maxTokens: 1, timeoutMs, signal });
  }

  /** An answer proves nothing while another process may have given it. */
  private async verifyListener(name: string, port: number): Promise<void> {
    const ours = new Set(await findMarked(`${name}.engine`));
    const listeners = await listenersOf(port);
    if (listeners.some((pid) => ours.has(pid))) return;
    throw new TunerError(
      'PORT_CONFLICT',
      `port ${port} answers, but it belongs to process ${listeners.join(', ') || 'unknown'}`
    );
  }

  private async choosePort(task: TuningTask): Promise<number> {
    const { port } = task.process;
    if (port === undefined) {
      const leases = await this.processes.list();
      return findFreePort(new Set(leases.flatMap((lease) => lease.port ?? [])), randomBytes(2).readUInt16BE());
    }
    if (await isFree(port)) return port;
    const pids = await listenersOf(port);
    throw new TunerError(
      'PORT_CONFLICT',
      `port ${port} on ${HOST} is in use by process ${pids.join(', ') || 'of another user'}`
    );
  }

  private async findModel(task: TuningTask): Promise<string> {
    const { name, path } = task.model;
    const folder = join(this.environment.modelsDir, name);
    const places = path ? [isAbsolute(path) ? path : join(PROJECT_ROOT, path)] : [join(folder, 'model.gguf'), folder];
    for (const place of places) if (await stat(place).catch(() => null)) return place;
    // An own command, SGLang and vLLM may know the model by its name alone.
    if (!path && task.engine !== 'llama.cpp') return name;
    throw new TunerError('MODEL_NOT_FOUND', `the model '${name}' is not at ${places.join(' nor ')}`);
  }

  private async version(deployment: Deployment): Promise<string> {
    const { baseUrl, apiKeyFile } = await this.endpoint(deployment);
    const authorization = `Bearer ${await readFile(apiKeyFile, 'utf8')}`;
    const answer = await fetch(`${baseUrl}/props`, { headers: { authorization }, signal: AbortSignal.timeout(2000) })
      .then((response) => response.json() as Promise<{ build_info?: unknown }>)
      .catch(() => null);
    return typeof answer?.build_info === 'string' ? answer.build_info.slice(0, 100) : 'unknown';
  }
}

/** Hashing gigabytes would take longer than a start; size and time of change tell versions apart well enough. */
async function describeModel(model: string): Promise<string> {
  const info = await stat(model).catch(() => null);
  return info?.isFile() ? `${model} (${info.size} bytes, changed ${info.mtime.toISOString()})` : model;
}

function engineName(task: TuningTask): string {
  return typeof task.engine === 'string' ? task.engine : 'command';
}
