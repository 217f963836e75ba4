/** A process that is started again as soon as it has ended, as by a supervisor such as systemd. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

const AGAIN_AFTER_MS = 100;

export class Supervised {
  private child: ChildProcess | null = null;
  private stopping = false;
  private loop: Promise<void> | null = null;
  /** The last lines it wrote, for a report of what went wrong. */
  private output = '';

  /** @param again what it is started with after it was killed, and then only; default: the same, whatever ended it. */
  constructor(
    private readonly args: readonly string[],
    private readonly env: NodeJS.ProcessEnv,
    private readonly again?: readonly string[]
  ) {}

  get pid(): number | null {
    return this.child?.pid ?? null;
  }

  get lastOutput(): string {
    return this.output;
  }

  start(): void {
    this.loop ??= this.keep();
  }

  /** @returns whether there was a process to signal. */
  signal(signal: NodeJS.Signals): boolean {
    return this.child?.kill(signal) ?? false;
  }

  /** Ends it for good. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.child?.kill('SIGCONT');
    this.child?.kill('SIGTERM');
    const kill = setTimeout(() => this.child?.kill('SIGKILL'), 40_000);
    await this.loop;
    clearTimeout(kill);
  }

  private async keep(): Promise<void> {
    for (let args = this.args; !this.stopping; args = this.again ?? this.args) {
      const child = spawn(process.execPath, [...args], { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
      this.child = child;
      const listen = (data: Buffer): void => void (this.output = (this.output + data.toString()).slice(-8000));
      child.stdout.on('data', listen);
      child.stderr.on('data', listen);
      await once(child, 'exit');
      this.child = null;
      if (this.again && child.signalCode === null) return;
      if (!this.stopping) await sleep(AGAIN_AFTER_MS);
    }
  }
}
