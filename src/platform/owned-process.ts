/**
 * Processes that outlive the worker: detached, with a lease file that says whose they are, a log, and a launcher that writes down
 * their exit status. A folder per process under `<stateDir>/leases`.
 */
import { watch } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { startDetached } from './detached-process.js';
import type { Leftover } from './leftovers.js';
import { endMarked, findMarked, MARKER, startTimeOf } from './process-tree.js';
import { PROJECT_ROOT } from './environment.js';
import { readTail } from './log-tail.js';
import type { Redactor } from './redactor.js';
import { Secrets } from './secrets.js';
import { uptimeMs } from './uptime.js';
import { writeOnce } from './write-once.js';

const leaseSchema = z.object({
  name: z.string(),
  kind: z.enum(['engine', 'benchmark', 'forward']),
  owner: z.object({ workflowId: z.string(), runId: z.string(), taskName: z.string(), experimentId: z.int() }),
  createdAtMs: z.number(),
  command: z.array(z.string()),
  port: z.int().nullable(),
  /** The references by which it was given secrets: whoever reads what it wrote must know what to take out. */
  secrets: z.array(z.string()).default([]),
  /** The file with the key that was made for its engine alone. */
  keyFile: z.string().nullable().default(null),
  /** A folder that it writes to and that is kept. */
  outputDir: z.string().nullable().default(null),
});
/** Whose a process is, and what it is. */
export type Lease = z.output<typeof leaseSchema>;
export type ProcessKind = Lease['kind'];

/** What the launcher writes before it runs the command: the one that could write it runs it. */
const startedSchema = z.object({ uptimeMs: z.number() });
const exitSchema = z.object({ code: z.int().nullable(), signal: z.string().nullable(), atMs: z.number().optional() });
export type Exit = z.output<typeof exitSchema>;

/** `vanished`: it was started and is gone, but nobody saw how, as after a reboot or a SIGKILL of everything. */
export type ProcessStatus = 'none' | 'running' | 'vanished' | Exit;

type Optional = 'secrets' | 'keyFile' | 'outputDir';
export interface StartRequest extends Omit<Lease, 'createdAtMs' | Optional>, Partial<Pick<Lease, Optional>> {
  /** Added to the worker's environment, and written down nowhere: it may hold the values of secrets. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** File watching may miss an event on some file systems; this catches what it misses. */
const RECHECK_MS = 1000;
/** A launcher begins within some 50 ms. */
const LAUNCH_LOOK_MS = 10;

/** As `folder` names them. */
const FOLDER = /^[a-z0-9-]+\.(?:engine|benchmark|forward)$/;

export class OwnedProcesses {
  constructor(
    private readonly root: string,
    readonly secrets: Secrets = new Secrets()
  ) {}

  folder(name: string, kind: ProcessKind): string {
    return join(this.root, `${name}.${kind}`);
  }

  /**
   * Starts the process, or leaves alone the one that an earlier call started under this name. However many callers there are at once,
   * in whatever workers: the first one's lease holds, and one launcher runs its command. When this returns the command was begun.
   * @throws Error when it could not be, as with a full disk: nothing then keeps the next call from starting it.
   */
  async start(request: StartRequest): Promise<void> {
    const { env, cwd = PROJECT_ROOT, ...lease } = request;
    if ((await this.status(request.name, request.kind)) !== 'none') return;
    const folder = this.folder(request.name, request.kind);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // The lease comes first: whatever happens after it, the reaper knows whose the rest is.
    await writeOnce(join(folder, 'lease.json'), JSON.stringify({ ...lease, createdAtMs: Date.now() }));
    const { command } = (await this.lease(request.name, request.kind)) ?? lease;
    const specFile = join(folder, 'spec.json');
    await writeFileAtomic(specFile, JSON.stringify({ command, cwd }));
    const launcher = join(PROJECT_ROOT, 'dist', 'platform', 'launcher.cjs');
    const pid = await startDetached(process.execPath, [launcher, specFile], {
      logFile: this.logFile(request.name, request.kind),
      // A forward is our own code, and its way to the cluster may need the worker's credentials.
      env: {
        ...(request.kind === 'forward' ? {} : this.secrets.hidden()),
        ...env,
        [MARKER]: markerOf(request.name, request.kind),
      },
    });
    await this.untilStarted(request.name, request.kind, pid);
  }

  async status(name: string, kind: ProcessKind): Promise<ProcessStatus> {
    const lease = await this.lease(name, kind);
    if (!lease) return 'none';
    const exit = await this.exit(name, kind);
    if (exit) return exit;
    if ((await findMarked(markerOf(name, kind))).length > 0) return 'running';
    // It may have ended between the two looks.
    return (await this.exit(name, kind)) ?? ((await this.started(name, kind)) ? 'vanished' : 'none');
  }

  /** Waits until the process is no longer running. @throws the signal's reason. */
  async waitForExit(name: string, kind: ProcessKind, signal: AbortSignal): Promise<Exclude<ProcessStatus, 'running'>> {
    let wake = (): void => undefined;
    const watcher = watch(this.folder(name, kind), () => wake());
    const onAbort = (): void => wake();
    signal.addEventListener('abort', onAbort);
    try {
      for (;;) {
        signal.throwIfAborted();
        const changed = new Promise<void>((resolve) => (wake = resolve));
        const status = await this.status(name, kind);
        if (status !== 'running') return status;
        await Promise.race([changed, sleep(RECHECK_MS)]);
      }
    } finally {
      watcher.close();
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Ends the whole tree and verifies that it is gone. */
  stop(name: string, kind: ProcessKind): Promise<void> {
    return endMarked(markerOf(name, kind));
  }

  /** Stops it and removes every trace but its output, which is cleaned; nothing to do is a success. */
  async remove(name: string, kind: ProcessKind): Promise<void> {
    await this.stop(name, kind);
    await this.scrubOutput(name, kind);
    await rm(this.folder(name, kind), { recursive: true, force: true });
  }

  /** Milliseconds since it was started, also by an earlier worker, or 0; no change of the clock matters. */
  async ageMs(name: string, kind: ProcessKind): Promise<number> {
    const started = await this.started(name, kind);
    return started ? uptimeMs() - started.uptimeMs : 0;
  }

  /** Lets one that has ended be started again in its folder, under its lease and with what it wrote. */
  async forgetEnd(name: string, kind: ProcessKind): Promise<void> {
    await this.stop(name, kind);
    // Without either it counts as never started; with the lease alone nothing is lost by a crash in between.
    for (const file of ['exit.json', 'started.json']) await rm(join(this.folder(name, kind), file), { force: true });
  }

  async lease(name: string, kind: ProcessKind): Promise<Lease | null> {
    return this.leaseIn(markerOf(name, kind));
  }

  /** Every lease; folders that hold none that can be read, or that of another folder, are left out and left alone. */
  async list(): Promise<Lease[]> {
    const folders = await readdir(this.root).catch(() => []);
    const leases = await Promise.all(folders.map((folder) => this.leaseIn(folder)));
    return leases.filter((lease) => lease !== null);
  }

  /** Folders of ours without a lease that can be read: of a worker that was killed before it could write one, or damaged. */
  async leftovers(): Promise<Leftover[]> {
    const entries = await readdir(this.root, { withFileTypes: true }).catch(() => []);
    const leftovers: Leftover[] = [];
    for (const { name: folder } of entries.filter((entry) => entry.isDirectory() && FOLDER.test(entry.name))) {
      if (await this.leaseIn(folder)) continue;
      const path = join(this.root, folder);
      const info = await stat(path).catch(() => null);
      if (info) leftovers.push({ path, changedAtMs: info.mtimeMs, pids: await findMarked(folder) });
    }
    return leftovers;
  }

  /** Copies its log without secrets; there may be none. */
  async keepLog(name: string, kind: ProcessKind, target: string): Promise<void> {
    const log = this.logFile(name, kind);
    // An earlier tear-down may have kept it already.
    if (!(await stat(log).catch(() => null))) return;
    await (await this.redactorOf(name, kind)).copy(log, target);
  }

  /** Takes the secrets out of the files that it has written to its output folder. Call it when the process has ended. */
  async scrubOutput(name: string, kind: ProcessKind): Promise<void> {
    const { outputDir } = (await this.lease(name, kind)) ?? {};
    if (!outputDir) return;
    const redactor = await this.redactorOf(name, kind);
    const entries = await readdir(outputDir, { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) if (entry.isFile()) await redactor.scrub(join(entry.parentPath, entry.name));
  }

  /** The last lines of the log, without control characters and secrets. */
  async tail(name: string, kind: ProcessKind, lines: number): Promise<string[]> {
    return readTail(this.logFile(name, kind), lines, await this.redactorOf(name, kind));
  }

  /** Written by the process itself, so that it may hold secrets: only its owner can read it, and what is kept is a clean copy. */
  private logFile(name: string, kind: ProcessKind): string {
    return join(this.folder(name, kind), 'output.log');
  }

  private async redactorOf(name: string, kind: ProcessKind): Promise<Redactor> {
    const { secrets = [], keyFile = null } = (await this.lease(name, kind)) ?? {};
    await this.secrets.recall(secrets);
    const key = keyFile === null ? '' : await readFile(keyFile, 'utf8').catch(() => '');
    return this.secrets.redactor.and(key);
  }

  /** A lease speaks for the folder that it lies in and for no other, whatever it says. */
  private async leaseIn(folder: string): Promise<Lease | null> {
    const lease = await this.read(join(this.root, folder, 'lease.json'), leaseSchema);
    return lease && markerOf(lease.name, lease.kind) === folder ? lease : null;
  }

  /** A launcher that is gone, and no other, has begun nothing: that is the host's failure and not the command's. */
  private async untilStarted(name: string, kind: ProcessKind, launcher: number): Promise<void> {
    for (;;) {
      const lives = (await startTimeOf(launcher)) !== null;
      if (await this.started(name, kind)) return;
      if (!lives) break;
      await sleep(LAUNCH_LOOK_MS);
    }
    const said = (await this.tail(name, kind, 50)).find((line) => /error/i.test(line)) ?? 'its launcher left no word';
    throw new Error(`the ${kind} '${name}' could not be started on this host: ${said}`);
  }

  private exit(name: string, kind: ProcessKind): Promise<Exit | null> {
    return this.read(join(this.folder(name, kind), 'exit.json'), exitSchema);
  }

  private started(name: string, kind: ProcessKind): Promise<z.output<typeof startedSchema> | null> {
    return this.read(join(this.folder(name, kind), 'started.json'), startedSchema);
  }

  private async read<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
    try {
      return schema.parse(JSON.parse(await readFile(path, 'utf8')));
    } catch {
      return null;
    }
  }
}

function markerOf(name: string, kind: ProcessKind): string {
  return `${name}.${kind}`;
}
