import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { z } from 'zod';
import { TunerError } from '../../domain/failures.js';
import { answerSchema, type Answer, type Model, type Question } from './model.js';

export interface ModelProcessOptions {
  /** Executable and arguments; null where it is not installed. */
  readonly command: readonly string[] | null;
  readonly cwd: string;
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** An answer takes so long at most, the start of the process included. Default: 60,000 ms, since a busy machine may take half of it to start Python. */
  readonly answerWithinMs?: number;
}

/** A process that dies or hangs is replaced so often per question: which fits into an activity's time limit. */
const ATTEMPTS = 2;
const SHOWN_LINES = 10;

const lineSchema = z.object({ id: z.number() }).and(z.union([z.object({ error: z.string() }), answerSchema]));

/**
 * The Python package as a process: started by the first question, kept for the next ones, replaced when it dies or hangs. It keeps
 * nothing between questions, so that a question asked again of a fresh process has the same answer. It ends when its standard input
 * does, and so never outlives this process.
 */
export class ModelProcess implements Model {
  private running: Running | null = null;
  private last: Promise<unknown> = Promise.resolve();
  private questions = 0;

  constructor(private readonly options: ModelProcessOptions) {}

  /** The process's id while there is one. */
  get pid(): number | undefined {
    return this.running?.hasEnded ? undefined : this.running?.pid;
  }

  /**
   * One question at a time: the next one waits.
   * @throws TunerError OPTIMIZER_FAILED for an answer that is none, INTERNAL when the process cannot be kept alive.
   */
  ask(question: Question): Promise<Answer> {
    const answer = this.last.then(() => this.askUntilAnswered(question));
    this.last = answer.catch(() => undefined);
    return answer;
  }

  /** Ends the process; a later question would start another one. */
  close(): void {
    this.running?.end();
    this.running = null;
  }

  private async askUntilAnswered(question: Question): Promise<Answer> {
    const id = ++this.questions;
    const line = JSON.stringify({ id, ...question });
    for (let attempt = 1; ; attempt++) {
      // One that died since the last question is no fault of this one.
      if (this.running?.hasEnded) this.running = null;
      const running = (this.running ??= this.start());
      try {
        return read(await running.exchange(line, this.options.answerWithinMs ?? 60_000), id);
      } catch (error) {
        this.close();
        if (error instanceof TunerError) throw error;
        if (attempt === ATTEMPTS)
          throw new TunerError('INTERNAL', `the optimizer ${(error as Error).message}`, running.tail());
      }
    }
  }

  private start(): Running {
    const { command, cwd, env } = this.options;
    const [file, ...args] = command ?? [];
    if (file !== undefined) return new Running(file, args, cwd, env);
    const advice = 'run `node scripts/setup.mjs` there, or choose a strategy that does not learn';
    throw new TunerError('OPTIMIZER_FAILED', `the optimizer's Python packages are not on this machine: ${advice}`);
  }
}

/** @throws TunerError for anything but an answer to this question. */
function read(line: string, id: number): Answer {
  const parsed = lineSchema.safeParse(parseJson(line));
  if (!parsed.success || parsed.data.id !== id)
    throw new TunerError('OPTIMIZER_FAILED', 'the optimizer answered with something else than an answer', [
      line.slice(0, 500),
    ]);
  if ('error' in parsed.data) throw new TunerError('OPTIMIZER_FAILED', `the optimizer: ${parsed.data.error}`);
  const { points, expected_improvement, leaders } = parsed.data;
  return { points, expected_improvement, leaders };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** One process, from its start to its end. */
class Running {
  private readonly child: ReturnType<typeof spawn>;
  private readonly complaints: string[] = [];
  private onLine: (line: string) => void = () => undefined;
  private onEnd: (reason: Error) => void = () => undefined;
  private ended: Error | null = null;

  constructor(file: string, args: readonly string[], cwd: string, env: Readonly<Record<string, string>>) {
    this.child = spawn(file, args, cwd, env);
    createInterface({ input: this.child.stdout }).on('line', (line) => this.onLine(line));
    createInterface({ input: this.child.stderr }).on('line', (line) => {
      this.complaints.push(line.slice(0, 500));
      if (this.complaints.length > SHOWN_LINES) this.complaints.shift();
    });
    // Its end is told by the promise; a write to one that has just died must not end this process.
    this.child.stdin.on('error', () => undefined);
    void this.child.then((result) => {
      this.ended = new Error(`ended (${result.signal ?? result.exitCode ?? result.originalMessage ?? 'not started'})`);
      this.onEnd(this.ended);
    });
  }

  get hasEnded(): boolean {
    return this.ended !== null;
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** @throws Error whose message goes on from `the optimizer`, when it ends or does not answer in time. */
  exchange(line: string, withinMs: number): Promise<string> {
    return new Promise<string>((resolve, reject) => {
      if (this.ended) return reject(this.ended);
      const timer = setTimeout(() => reject(new Error(`gave no answer within ${withinMs / 1000} s`)), withinMs);
      const settle = <T>(done: (value: T) => void): ((value: T) => void) => {
        return (value) => {
          clearTimeout(timer);
          done(value);
        };
      };
      this.onLine = settle(resolve);
      this.onEnd = settle(reject);
      this.child.stdin.write(`${line}\n`);
    });
  }

  /** What it said to standard error, the newest last. */
  tail(): readonly string[] {
    return [...this.complaints];
  }

  /** At once: it holds nothing that it could lose. */
  end(): void {
    this.child.kill('SIGKILL');
  }
}

function spawn(file: string, args: readonly string[], cwd: string, env: Readonly<Record<string, string>>) {
  return execa(file, args, {
    ...{ cwd, env, extendEnv: false, reject: false, buffer: false },
    ...{ stdin: 'pipe', stdout: 'pipe', stderr: 'pipe' },
  } as const);
}
