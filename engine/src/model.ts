/** The model with its context, as the rest of the engine needs it. */
import { Template } from '@huggingface/jinja';
import {
  getLlama,
  LlamaLogLevel,
  TokenBias,
  type GgmlType,
  type LlamaContextSequence,
  type LlamaModel,
  type Token,
} from 'node-llama-cpp';

import type { EngineOptions } from './arguments.js';
import { StartError } from './errors.js';

export interface ChatMessage {
  role: string;
  content: string;
}

/** Used when the model file holds no template of its own. */
const CHATML = `{% for message in messages %}<|im_start|>{{ message.role }}
{{ message.content }}<|im_end|>
{% endfor %}<|im_start|>assistant
`;

export interface LoadedModel {
  model: LlamaModel;
  /** One for each slot. */
  /** llama.cpp's release, such as `b9999`. */
  release: string;
  sequences: LlamaContextSequence[];
  /** Tokens that a request may use, prompt and answer together. */
  slotContextSize: number;
  /** Most tokens of all slots in one step. */
  batchSize: number;
  /** Rules out every token that ends an answer: `ignore_eos`. */
  neverEnd: TokenBias;
  tokenize: (text: string) => Token[];
  renderChat: (messages: ChatMessage[]) => string;
}

/**
 * Load the model and create the context.
 * @throws {StartError} when either fails
 */
export async function loadModel(options: EngineOptions): Promise<LoadedModel> {
  const llama = await getLlama({
    gpu: false,
    // The prebuilt library of the locked package or none: nothing may be compiled or downloaded here.
    build: 'never',
    skipDownload: true,
    progressLogs: false,
    logLevel: LlamaLogLevel.error,
    maxThreads: options.threads,
  });
  const model = await llama.loadModel({ modelPath: options.modelPath }).catch((error: unknown) => {
    throw new StartError(`failed to load model '${options.modelPath}' (${(error as Error).message})`);
  });
  const contextSize = options.contextSize || model.trainContextSize;
  const slotContextSize = Math.floor(contextSize / options.parallel);
  // The library's batch is what llama.cpp calls a micro-batch; the larger logical one has no counterpart.
  const batchSize = Math.min(options.batchSize, options.microBatchSize, contextSize);
  const context = await model
    .createContext({
      sequences: options.parallel,
      contextSize: slotContextSize,
      batchSize,
      threads: { ideal: options.threads, min: options.threads },
      flashAttention: options.flashAttention === 'auto' ? 'auto' : options.flashAttention === 'on',
      experimentalKvCacheKeyType: options.cacheTypeKey.toUpperCase() as keyof typeof GgmlType,
      experimentalKvCacheValueType: options.cacheTypeValue.toUpperCase() as keyof typeof GgmlType,
    })
    .catch((error: unknown) => {
      throw new StartError(`failed to create the context (${(error as Error).message})`);
    });

  return {
    model,
    release: llama.llamaCppRelease.release,
    sequences: Array.from({ length: options.parallel }, () => context.getSequence()),
    slotContextSize,
    batchSize,
    neverEnd: biasAgainstEnd(model),
    tokenize: (text) => withBeginning(model, model.tokenize(text, true)),
    renderChat: chatRenderer(model),
  };
}

/** Some models expect a token before everything else; a template may have written it already. */
function withBeginning(model: LlamaModel, tokens: Token[]): Token[] {
  const { bos, shouldPrependBosToken } = model.tokens;
  return shouldPrependBosToken && bos !== null && tokens[0] !== bos ? [bos, ...tokens] : tokens;
}

function chatRenderer(model: LlamaModel): LoadedModel['renderChat'] {
  const template = new Template(model.fileInfo.metadata.tokenizer.chat_template ?? CHATML);
  const { bosString, eosString } = model.tokens;
  const constants = { bos_token: bosString ?? '', eos_token: eosString ?? '', add_generation_prompt: true };
  return (messages) => template.render({ ...constants, messages });
}

/**
 * `TokenBias.set` ignores end tokens on purpose, while llama-server's `ignore_eos`, and with it every benchmark, needs
 * them ruled out; the sampler underneath treats all tokens alike. So they are put straight into the map that it reads.
 * That map is internal: the package is pinned to one version, and a change would stop the engine here at its start.
 */
function biasAgainstEnd(model: LlamaModel): TokenBias {
  const bias = new TokenBias(model.tokenizer);
  const biases = (bias as unknown as { _biases?: unknown })._biases;
  if (!(biases instanceof Map)) throw new StartError('this version of node-llama-cpp keeps token biases elsewhere');
  const vocabularySize = model.fileInfo.metadata.tokenizer.ggml.tokens.length;
  for (let id = 0; id < vocabularySize; id++) {
    if (model.isEogToken(id as Token)) biases.set(id, -Infinity);
  }
  return bias;
}
