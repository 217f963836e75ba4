/**
 * Processes that cannot outlive the one that started them: they carry a marker in their environment, and a guard ends all that
 * carry it when this process ends, even by SIGKILL.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const MARKER = 'CLUSTER_RIG_DIR';
const GUARD = fileURLToPath(new URL('guard.mjs', import.meta.url));

export interface ChildOptions {
  /** Whole environment; the marker is added. */
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Standard output and error are appended here; without it they are pipes. */
  readonly logFile?: string;
}

export class Children {
  private constructor(
    private readonly dir: string,
    private readonly guard: ChildProcess
  ) {}

  /**
   * Ends what a killed run has left in this folder, then starts the guard of the new one.
   * @param dir names the run.
   */
  static async guarded(dir: string): Promise<Children> {
    await Children.endAll(dir);
    return new Children(dir, startGuard(dir, 'pipe'));
  }

  /** Ends all processes of a run, whoever started them, and waits until they are gone. */
  static async endAll(dir: string): Promise<void> {
    await once(startGuard(dir, 'ignore'), 'exit');
  }

  /** @throws Error when the program cannot be started. */
  async start(command: readonly string[], { env, cwd, logFile }: ChildOptions): Promise<ChildProcess> {
    const [file = '', ...args] = command;
    const log = logFile === undefined ? null : await open(logFile, 'a');
    const output = log === null ? 'pipe' : log.fd;
    try {
      // A group of its own: Ctrl-C reaches this process alone, and a signal to the group reaches the child's children.
      const options = { env: { ...env, [MARKER]: this.dir }, cwd, detached: true };
      const child = spawn(file, args, { ...options, stdio: ['ignore', output, output] });
      await once(child, 'spawn');
      return child;
    } finally {
      await log?.close();
    }
  }

  /** Ends everything of this run. */
  async end(): Promise<void> {
    const exited = once(this.guard, 'exit');
    this.guard.stdin?.end();
    await exited;
  }
}

/** Signals a child and its children; it may have ended already. */
export function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    process.kill(-(child.pid as number), signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function startGuard(dir: string, stdin: 'pipe' | 'ignore'): ChildProcess {
  return spawn(process.execPath, [GUARD, `${MARKER}=${dir}`], { detached: true, stdio: [stdin, 'ignore', 'inherit'] });
}
