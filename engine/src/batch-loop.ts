/**
 * Continuous batching. In every step each working slot contributes one token of its answer, and what is left of the
 * batch is filled with prompts. All slots take the step together, so that their tokens are computed in one batch: left
 * to themselves they drift apart, and each then pays for a batch of its own.
 */
import type { LlamaContextSequence, SequenceEvaluateOptions, Token } from 'node-llama-cpp';

/** One request on its slot. */
export interface Job {
  readonly promptTokens: readonly Token[];
  readonly sampling: SequenceEvaluateOptions;
  /** The client is gone. */
  readonly signal: AbortSignal;
  /** Called for every generated token. @returns whether to go on */
  onToken: (token: Token) => boolean;
}

interface Work {
  job: Job;
  sequence: LlamaContextSequence;
  /** Prompt tokens already computed. */
  done: number;
  /** Generates the answer, once the whole prompt is computed. */
  answer: AsyncGenerator<Token, void> | undefined;
  finish: (error?: unknown) => void;
}

export class BatchLoop {
  readonly #waiting: Work[] = [];
  readonly #working = new Set<Work>();
  readonly #free: LlamaContextSequence[];
  #running = false;

  /** @param batchSize most tokens of all slots in one step */
  constructor(
    sequences: LlamaContextSequence[],
    private readonly batchSize: number
  ) {
    this.#free = [...sequences];
  }

  /** Requests on a slot. */
  get processing(): number {
    return this.#working.size;
  }

  /** Requests waiting for a slot. */
  get deferred(): number {
    return this.#waiting.length;
  }

  /** Resolves when the job says that it has enough, or its client is gone. */
  run(job: Job): Promise<void> {
    return new Promise((resolve, reject) => {
      const finish = (error?: unknown): void => (error === undefined ? resolve() : reject(error as Error));
      this.#waiting.push({ job, sequence: undefined as never, done: 0, answer: undefined, finish });
      void this.#loop();
    });
  }

  async #loop(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    while (await this.#admit()) await this.#step();
    this.#running = false;
  }

  /** Give free slots to those who wait. @returns whether there is anything to do */
  async #admit(): Promise<boolean> {
    while (this.#free.length > 0 && this.#waiting.length > 0) {
      const work = this.#waiting.shift() as Work;
      if (work.job.signal.aborted) {
        work.finish();
        continue;
      }
      work.sequence = this.#free.shift() as LlamaContextSequence;
      this.#working.add(work);
      // Nothing of an earlier request may shorten this one's prompt: a measurement would depend on the order.
      await work.sequence.clearHistory();
    }
    return this.#working.size > 0;
  }

  async #step(): Promise<void> {
    const answering = [...this.#working].filter((work) => work.answer);
    let room = Math.max(1, this.batchSize - answering.length);
    const units = answering.map((work) => this.#attempt(work, () => this.#nextToken(work)));
    for (const work of this.#working) {
      if (work.answer || room <= 0) continue;
      const count = Math.min(room, work.job.promptTokens.length - work.done);
      room -= count;
      units.push(this.#attempt(work, () => this.#computePrompt(work, count)));
    }
    await Promise.all(units);
  }

  /** Do one slot's part of the step; whatever goes wrong concerns this request only. */
  async #attempt(work: Work, unit: () => Promise<boolean>): Promise<void> {
    let goOn = false;
    let failure: unknown;
    try {
      goOn = !work.job.signal.aborted && (await unit());
    } catch (error) {
      failure = error;
    }
    if (goOn) return;
    await work.answer?.return();
    this.#working.delete(work);
    this.#free.push(work.sequence);
    work.finish(failure);
  }

  async #computePrompt(work: Work, count: number): Promise<boolean> {
    const { promptTokens, sampling } = work.job;
    const tokens = promptTokens.slice(work.done, work.done + count);
    work.done += count;
    if (work.done < promptTokens.length) {
      await work.sequence.evaluateWithoutGeneratingNewTokens(tokens);
      return true;
    }
    work.answer = work.sequence.evaluate(tokens, sampling);
    return this.#nextToken(work);
  }

  async #nextToken({ job, answer }: Work): Promise<boolean> {
    const next = await answer?.next();
    return next !== undefined && !next.done && job.onToken(next.value);
  }
}
