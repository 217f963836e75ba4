/** One container: pulls its image from the table, runs its program, probes and restarts it, as a kubelet does. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { signalGroup, type Children } from '../children.js';
import { ConfigError, expand, resolveEnv, resolveMounts, type Surroundings } from './container-spec.js';
import { exitReason, type ContainerView, type State, type Terminated } from './container-state.js';
import { CriLog } from './cri-log.js';
import type { EventDetails } from './events.js';
import { localPath, type ImageProgram, type Images, type Program, type ProgramContainer } from './image-program.js';
import type { ContainerEndpoints } from './kubelet-endpoints.js';
import { isReady } from './probe.js';

/** A kubelet begins with 10 s; tests have no time for that. */
const FIRST_BACK_OFF_MS = 1000;
const LONGEST_BACK_OFF_MS = 30_000;
const PROBE_UNTIL_READY_MS = 50;
const PROBE_MS = 1000;
/** How long a log may be held open by what the program has left behind. */
const LOG_CLOSES_WITHIN_MS = 500;
const SIGKILL_EXIT = 128 + constants.signals.SIGKILL;

export interface ContainerHost extends Surroundings {
  readonly images: Images;
  readonly children: Children;
  freePort(): Promise<number>;
  resolveServices(text: string): string;
  /** Called with every change of `view`; `endpoints` has changed before that. */
  changed(): void;
  /** Makes the endpoints known; resolves when the API server has them. */
  publish(signal: AbortSignal): Promise<void>;
  event(details: EventDetails): void;
}

export class ContainerProcess {
  private state: State = { kind: 'waiting', reason: 'ContainerCreating' };
  private lastState: Terminated | null = null;
  private restartCount = 0;
  private child: ChildProcess | null = null;
  private outOfMemory = false;
  endpoints: ContainerEndpoints | null = null;

  constructor(
    private readonly pod: V1Pod,
    private readonly container: V1Container,
    private readonly host: ContainerHost
  ) {}

  get view(): ContainerView {
    const { name, image = '' } = this.container;
    return { name, image, state: this.state, lastState: this.lastState, restartCount: this.restartCount };
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  localPort(containerPort: number): number | undefined {
    return this.endpoints?.ports.find((port) => port.containerPort === containerPort)?.localPort;
  }

  /** Runs until the container has ended for good or the signal stops it; then no process is left. */
  async run(signal: AbortSignal): Promise<void> {
    const policy = this.pod.spec?.restartPolicy ?? 'Always';
    for (let backOffMs = FIRST_BACK_OFF_MS; !signal.aborted; backOffMs = Math.min(backOffMs * 2, LONGEST_BACK_OFF_MS)) {
      const image = await this.pull(signal);
      const started = image && (await this.start(image, signal));
      if (!started) return;
      const terminated = await this.untilExit(started, signal);
      if (signal.aborted || policy === 'Never' || (policy === 'OnFailure' && terminated.exitCode === 0))
        return this.enter(terminated);
      this.lastState = terminated;
      this.restartCount++;
      const message = `back-off ${backOffMs / 1000}s restarting failed container=${this.container.name}`;
      this.enter({ kind: 'waiting', reason: 'CrashLoopBackOff', message });
      const event = `Back-off restarting failed container ${this.container.name} in pod ${this.pod.metadata?.name}`;
      this.host.event({ type: 'Warning', reason: 'BackOff', message: event });
      await pause(backOffMs, signal);
    }
  }

  signal(name: NodeJS.Signals): void {
    if (this.child) signalGroup(this.child, name);
  }

  /** Ends the program as the kernel does when memory runs out. */
  killForMemory(): void {
    this.outOfMemory = true;
    this.signal('SIGKILL');
  }

  /** Makes it terminated if it never ran, as a kubelet does when the pod is deleted. */
  giveUp(): void {
    const now = new Date();
    if (this.state.kind === 'terminated') return;
    this.enter({
      kind: 'terminated',
      exitCode: SIGKILL_EXIT,
      reason: 'ContainerStatusUnknown',
      startedAt: now,
      finishedAt: now,
    });
  }

  private enter(state: State): void {
    this.state = state;
    this.host.changed();
  }

  /** @returns null when the signal came first. */
  private async pull(signal: AbortSignal): Promise<ImageProgram | null> {
    const { image = '' } = this.container;
    for (let backOffMs = FIRST_BACK_OFF_MS; !signal.aborted; backOffMs = Math.min(backOffMs * 2, LONGEST_BACK_OFF_MS)) {
      const program = this.host.images[image];
      if (program) {
        const message = `Container image "${image}" already present on machine`;
        this.host.event({ type: 'Normal', reason: 'Pulled', message });
        return program;
      }
      const cause = `failed to pull and unpack image "${image}": ${image}: not found`;
      this.host.event({ type: 'Warning', reason: 'Failed', message: `Failed to pull image "${image}": ${cause}` });
      this.host.event({ type: 'Warning', reason: 'Failed', message: 'Error: ErrImagePull' });
      this.enter({ kind: 'waiting', reason: 'ErrImagePull', message: cause });
      await pause(FIRST_BACK_OFF_MS / 2, signal);
      this.host.event({ type: 'Normal', reason: 'BackOff', message: `Back-off pulling image "${image}"` });
      this.host.event({ type: 'Warning', reason: 'Failed', message: 'Error: ImagePullBackOff' });
      this.enter({ kind: 'waiting', reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}"` });
      await pause(backOffMs, signal);
    }
    return null;
  }

  /** @returns null when the signal came first. */
  private async start(image: ImageProgram, signal: AbortSignal): Promise<Started | null> {
    const container = await this.describe(signal);
    if (!container) return null;
    const program = await image(container);
    const workDir = (container.workingDir && localPath(container.mounts, container.workingDir)) ?? this.host.podDir;
    const env = { PATH: process.env['PATH'] ?? '', HOME: this.host.podDir, ...container.env, ...program.env };
    const log = new CriLog(join(this.host.podDir, `${container.name}-${this.restartCount}.log`));
    this.endpoints = {
      name: container.name,
      ports: portsOf(container, program),
      logFile: log.file,
      previousLogFile: this.endpoints?.logFile ?? null,
      workDir,
      env,
    };
    await this.host.publish(signal);
    if (signal.aborted) return null;
    const started = { program, log, startedAt: new Date() };
    try {
      this.child = await this.host.children.start(program.command, { env, cwd: workDir });
    } catch (error) {
      this.host.event({ type: 'Warning', reason: 'Failed', message: `Error: ${(error as Error).message}` });
      return { ...started, child: null };
    }
    log.record('stdout', this.child.stdout as Readable);
    log.record('stderr', this.child.stderr as Readable);
    this.host.event({ type: 'Normal', reason: 'Created', message: `Created container: ${container.name}` });
    this.host.event({ type: 'Normal', reason: 'Started', message: `Started container ${container.name}` });
    return { ...started, child: this.child };
  }

  /** @returns null when the signal came before everything that the container refers to was there. */
  private async describe(signal: AbortSignal): Promise<ProgramContainer | null> {
    const { pod, container, host } = this;
    await mkdir(host.podDir, { recursive: true });
    while (!signal.aborted) {
      try {
        const env = await resolveEnv(pod, container, host);
        const resolve = (text: string): string => host.resolveServices(expand(text, env));
        return {
          name: container.name,
          image: container.image ?? '',
          command: (container.command ?? []).map(resolve),
          args: (container.args ?? []).map(resolve),
          env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, host.resolveServices(value)])),
          port: container.ports?.[0]?.containerPort ?? null,
          freePort: await host.freePort(),
          workingDir: container.workingDir ?? null,
          mounts: await resolveMounts(pod, container, host),
        };
      } catch (error) {
        // The API server may be away; that is no fault of the container's.
        if (error instanceof ConfigError)
          this.enter({ kind: 'waiting', reason: 'CreateContainerConfigError', message: error.message });
        await pause(FIRST_BACK_OFF_MS, signal);
      }
    }
    return null;
  }

  private async untilExit({ child, log, program, startedAt }: Started, signal: AbortSignal): Promise<Terminated> {
    const ended = new AbortController();
    let exitCode = 127;
    if (child) {
      void this.probe(startedAt, AbortSignal.any([ended.signal, signal]));
      exitCode = await exitCodeOf(child);
      ended.abort();
      // What it started does not outlive the container.
      signalGroup(child, 'SIGKILL');
      await Promise.race([closed(child), sleep(LOG_CLOSES_WITHIN_MS)]);
    }
    log.close();
    this.child = null;
    const outOfMemory = exitCode === SIGKILL_EXIT && (this.outOfMemory || program.oom === true);
    this.outOfMemory = false;
    return {
      kind: 'terminated',
      exitCode,
      reason: exitReason(exitCode, outOfMemory),
      startedAt,
      finishedAt: new Date(),
    };
  }

  private async probe(startedAt: Date, signal: AbortSignal): Promise<void> {
    let wasReady: boolean | null = null;
    while (!signal.aborted) {
      const ready = await isReady(this.container, this.endpoints?.ports[0]?.localPort ?? 0);
      if (signal.aborted) return;
      if (ready !== wasReady) this.enter({ kind: 'running', startedAt, ready });
      wasReady = ready;
      await pause(ready ? PROBE_MS : PROBE_UNTIL_READY_MS, signal);
    }
  }
}

interface Started {
  /** null when it could not be started. */
  readonly child: ChildProcess | null;
  readonly program: Program;
  readonly log: CriLog;
  readonly startedAt: Date;
}

/** A container that declares no port has its readiness probed on 8080 by OME, so that is where the program is expected. */
function portsOf(container: ProgramContainer, program: Program): ContainerEndpoints['ports'] {
  const containerPort = container.port ?? 8080;
  return [{ containerPort, localPort: program.port ?? containerPort }];
}

async function exitCodeOf(child: ChildProcess): Promise<number> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode ?? 128 + constants.signals[child.signalCode as NodeJS.Signals];
}

async function closed(child: ChildProcess): Promise<void> {
  const streams = [child.stdout, child.stderr].filter((stream) => stream && !stream.closed);
  await Promise.all(streams.map((stream) => once(stream as Readable, 'close')));
}

/** Waits, or not when the signal comes. */
function pause(ms: number, signal: AbortSignal): Promise<unknown> {
  return sleep(ms, undefined, { signal }).catch(() => undefined);
}
