/** Turns tokens into text that can be sent: whole characters only, nothing at or after a stop text. */
import type { LlamaModel, Token } from 'node-llama-cpp';

/** Longest run of tokens of which one character may consist; after that a broken one is sent as it is. */
const MAX_PENDING_TOKENS = 4;

export class TextAssembler {
  #pending: Token[] = [];
  #previous: Token[] = [];
  /** Text that may be the beginning of a stop text. */
  #held = '';
  #stopped = false;

  constructor(
    private readonly model: LlamaModel,
    private readonly stop: string[]
  ) {}

  /** Whether a stop text was met. */
  get stopped(): boolean {
    return this.#stopped;
  }

  /** @returns the text to send now, often empty */
  push(token: Token): string {
    this.#pending.push(token);
    const text = this.model.detokenize(this.#pending, false, this.#previous);
    if (text.endsWith('\uFFFD') && this.#pending.length < MAX_PENDING_TOKENS) return '';
    this.#previous = this.#pending;
    this.#pending = [];
    return this.#release(this.#held + text);
  }

  /** @returns what was held back, once it is clear that no stop text follows */
  end(): string {
    const rest = this.#stopped ? '' : this.#held;
    this.#held = '';
    return rest;
  }

  #release(text: string): string {
    const found = this.stop.map((stop) => text.indexOf(stop)).filter((index) => index >= 0);
    if (found.length > 0) {
      this.#stopped = true;
      return text.slice(0, Math.min(...found));
    }
    const holding = Math.max(0, ...this.stop.map((stop) => overlap(text, stop)));
    this.#held = text.slice(text.length - holding);
    return text.slice(0, text.length - holding);
  }
}

/** Length of the longest end of `text` that is a beginning of `stop`. */
function overlap(text: string, stop: string): number {
  let length = Math.min(text.length, stop.length - 1);
  while (length > 0 && !text.endsWith(stop.slice(0, length))) length--;
  return length;
}
