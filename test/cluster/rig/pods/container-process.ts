/** One container: pulls its image from the table, runs its program, probes and restarts it, as a kubelet does. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { signalGroup, type Children } from '../children.js';
import { FIRST_BACK_OFF_MS, longer, pause } from './back-off.js';
import { ConfigError, describeContainer, type Description } from './container-spec.js';
import { exitReason, type ContainerView, type State, type Terminated } from './container-state.js';
import type { EventDetails } from './events.js';
import { localPath, type ImageProgram, type Images, type Program, type ProgramContainer } from './image-program.js';
import type { ContainerEndpoints } from './kubelet-endpoints.js';
import { isReady } from './probe.js';
import { pullImage } from './pull-image.js';
import { runProgram, SIGKILL_EXIT, type ProgramRun } from './run-program.js';

const PROBE_UNTIL_READY_MS = 50;
const PROBE_MS = 1000;
/** A shell's: the command was not found. */
const NOT_STARTED_EXIT = 127;
/** OME takes a container that declares no port to listen here. */
const DEFAULT_PORT = 8080;

export interface ContainerHost extends Description {
  readonly images: Images;
  readonly children: Children;
  /** Called with every change of `view`; `endpoints` has changed before that. */
  changed(): void;
  /** Makes the endpoints known; resolves when they are served. */
  publish(signal: AbortSignal): Promise<void>;
  event(details: EventDetails): void;
}

export class ContainerProcess {
  endpoints: ContainerEndpoints | null = null;
  private state: State = { kind: 'waiting', reason: 'ContainerCreating' };
  private lastState: Terminated | null = null;
  private restartCount = 0;
  private running: ProgramRun | null = null;
  private outOfMemory = false;

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
    return this.running?.child.pid;
  }

  localPort(containerPort: number): number | undefined {
    return this.endpoints?.ports.find((port) => port.containerPort === containerPort)?.localPort;
  }

  /** Runs until the container has ended for good or the signal stops it; then no process is left. */
  async run(signal: AbortSignal): Promise<void> {
    const policy = this.pod.spec?.restartPolicy ?? 'Always';
    const listener = { enter: (state: State) => this.enter(state), event: this.host.event };
    for (let backOffMs = FIRST_BACK_OFF_MS; !signal.aborted; backOffMs = longer(backOffMs)) {
      const image = await pullImage(this.container.image ?? '', this.host.images, listener, signal);
      const described = image && (await this.describe(signal));
      if (!described) return;
      const terminated = await this.runOnce(image, described, signal);
      if (signal.aborted || policy === 'Never' || (policy === 'OnFailure' && terminated.exitCode === 0))
        return this.enter(terminated);
      this.lastState = terminated;
      this.restartCount++;
      const { name } = this.container;
      const message = `back-off ${backOffMs / 1000}s restarting failed container=${name}`;
      this.enter({ kind: 'waiting', reason: 'CrashLoopBackOff', message });
      const event = `Back-off restarting failed container ${name} in pod ${this.pod.metadata?.name}`;
      this.host.event({ type: 'Warning', reason: 'BackOff', message: event });
      await pause(backOffMs, signal);
    }
  }

  signal(name: NodeJS.Signals): void {
    if (this.running) signalGroup(this.running.child, name);
  }

  /** Ends the program as the kernel does when memory runs out. */
  killForMemory(): void {
    this.outOfMemory = true;
    this.signal('SIGKILL');
  }

  /** Makes it terminated if it never ran, as a kubelet does when the pod is deleted. */
  giveUp(): void {
    if (this.state.kind === 'terminated') return;
    const now = new Date();
    const unknown = { exitCode: SIGKILL_EXIT, reason: 'ContainerStatusUnknown', startedAt: now, finishedAt: now };
    this.enter({ kind: 'terminated', ...unknown });
  }

  private enter(state: State): void {
    this.state = state;
    this.host.changed();
  }

  /** @returns null when the signal comes before everything that the container refers to is there. */
  private async describe(signal: AbortSignal): Promise<ProgramContainer | null> {
    await mkdir(this.host.podDir, { recursive: true });
    while (!signal.aborted) {
      try {
        return await describeContainer(this.pod, this.container, this.host);
      } catch (error) {
        // The API server may be away; that is no fault of the container's.
        if (error instanceof ConfigError)
          this.enter({ kind: 'waiting', reason: 'CreateContainerConfigError', message: error.message });
        await pause(FIRST_BACK_OFF_MS, signal);
      }
    }
    return null;
  }

  private async runOnce(image: ImageProgram, described: ProgramContainer, signal: AbortSignal): Promise<Terminated> {
    const startedAt = new Date();
    const ended = new AbortController();
    let exitCode = NOT_STARTED_EXIT;
    let oom: boolean | undefined;
    try {
      const program = await image(described);
      ({ oom } = program);
      this.running = await this.start(described, program, signal);
      // It was told to stop while it was being started.
      if (signal.aborted) this.signal('SIGKILL');
      void this.probe(startedAt, AbortSignal.any([ended.signal, signal]));
      exitCode = await this.running.exited;
    } catch (error) {
      const message = `Error: failed to start container "${described.name}": ${(error as Error).message}`;
      this.host.event({ type: 'Warning', reason: 'Failed', message });
    }
    ended.abort();
    this.running = null;
    const reason = exitReason(exitCode, exitCode === SIGKILL_EXIT && (this.outOfMemory || oom === true));
    this.outOfMemory = false;
    return { kind: 'terminated', exitCode, reason, startedAt, finishedAt: new Date() };
  }

  private async start(described: ProgramContainer, program: Program, signal: AbortSignal): Promise<ProgramRun> {
    const { podDir, children } = this.host;
    const { name, mounts, workingDir } = described;
    const cwd = (workingDir === null ? null : localPath(mounts, workingDir)) ?? podDir;
    const env = { PATH: process.env['PATH'] ?? '', HOME: podDir, ...described.env, ...program.env };
    const containerPort = described.port ?? DEFAULT_PORT;
    const logFile = join(podDir, `${name}-${this.restartCount}.log`);
    await writeFile(logFile, '');
    this.endpoints = {
      ...{ name, logFile, workDir: cwd, env },
      ports: [{ containerPort, localPort: program.port ?? containerPort }],
      previousLogFile: this.endpoints?.logFile ?? null,
    };
    await this.host.publish(signal);
    const run = await runProgram(children, program.command, { env, cwd, logFile });
    this.host.event({ type: 'Normal', reason: 'Created', message: `Created container: ${name}` });
    this.host.event({ type: 'Normal', reason: 'Started', message: `Started container ${name}` });
    return run;
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
