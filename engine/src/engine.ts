/** One completion from prompt to finish, whatever the form in which it is sent. */
import type { SequenceEvaluateOptions, Token } from 'node-llama-cpp';

import type { EngineOptions } from './arguments.js';
import { BatchLoop } from './batch-loop.js';
import { contextSizeExceeded } from './errors.js';
import { Metrics } from './metrics.js';
import { loadModel, type ChatMessage, type LoadedModel } from './model.js';
import type { GenerationRequest } from './request.js';
import { TextAssembler } from './text-assembler.js';

export interface Completion {
  promptTokens: number;
  completionTokens: number;
  /** `stop`: the model or a stop text ended the answer; `length`: a limit did. */
  finishReason: 'stop' | 'length';
}

export class Engine {
  readonly metrics = new Metrics();
  readonly loop: BatchLoop;

  static async load(options: EngineOptions): Promise<Engine> {
    return new Engine(await loadModel(options));
  }

  private constructor(private readonly loaded: LoadedModel) {
    this.loop = new BatchLoop(loaded.sequences, loaded.batchSize);
  }

  /** llama.cpp's release. */
  get release(): string {
    return this.loaded.release;
  }

  renderChat(messages: ChatMessage[]): string {
    return this.loaded.renderChat(messages);
  }

  /** @throws {ApiError} 400 when the prompt does not fit into a slot */
  tokenize(prompt: string): Token[] {
    const tokens = this.loaded.tokenize(prompt);
    const { slotContextSize } = this.loaded;
    if (tokens.length >= slotContextSize) throw contextSizeExceeded(tokens.length, slotContextSize);
    return tokens;
  }

  /**
   * Generate an answer as soon as a slot is free.
   *
   * @param onText called for every token, with an empty text where it completes no character
   * @param signal ends the generation; the completion so far is returned
   */
  async complete(
    promptTokens: Token[],
    request: GenerationRequest,
    onText: (text: string) => void,
    signal: AbortSignal
  ): Promise<Completion> {
    const { model, slotContextSize } = this.loaded;
    const limit = Math.max(1, Math.min(request.maxTokens, slotContextSize - promptTokens.length));
    const text = new TextAssembler(model, request.stop);
    const started = performance.now();
    let firstTokenAt = started;
    let count = 0;
    let finishReason: Completion['finishReason'] = 'length';

    const onToken = (token: Token): boolean => {
      if (++count === 1) firstTokenAt = performance.now();
      if (model.isEogToken(token)) {
        finishReason = 'stop';
        return false;
      }
      onText(text.push(token));
      if (text.stopped) finishReason = 'stop';
      return !text.stopped && count < limit;
    };
    await this.loop.run({ promptTokens, sampling: this.#sampling(request), signal, onToken });
    const rest = text.end();
    if (rest) onText(rest);

    this.metrics.promptTokens += promptTokens.length;
    this.metrics.predictedTokens += count;
    this.metrics.promptSeconds += (firstTokenAt - started) / 1000;
    this.metrics.predictedSeconds += (performance.now() - firstTokenAt) / 1000;
    return { promptTokens: promptTokens.length, completionTokens: count, finishReason };
  }

  #sampling({ temperature, topK, topP, minP, seed, ignoreEnd }: GenerationRequest): SequenceEvaluateOptions {
    return {
      temperature,
      topK,
      topP,
      minP,
      ...(seed === undefined ? {} : { seed }),
      ...(ignoreEnd ? { tokenBias: this.loaded.neverEnd } : {}),
      yieldEogToken: true,
    };
  }
}
