/** The forms in which OpenAI's protocol sends a completion: whole, or as server-sent events. */
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';

import type { Completion } from './engine.js';

/** Differences between chat and plain completions. */
export interface Shape {
  object: string;
  chunkObject: string;
  idPrefix: string;
  /** A choice of a whole answer. */
  whole: (text: string) => object;
  /** A choice of a chunk; no text in the closing one. */
  part: (text: string | undefined, isFirst: boolean) => object;
}

export const chatShape: Shape = {
  object: 'chat.completion',
  chunkObject: 'chat.completion.chunk',
  idPrefix: 'chatcmpl-',
  whole: (content) => ({ message: { role: 'assistant', content } }),
  part: (content, isFirst) => ({
    delta: { ...(isFirst ? { role: 'assistant' } : {}), ...(content === undefined ? {} : { content }) },
  }),
};

export const textShape: Shape = {
  object: 'text_completion',
  chunkObject: 'text_completion',
  idPrefix: 'cmpl-',
  whole: (text) => ({ text, logprobs: null }),
  part: (text) => ({ text: text ?? '', logprobs: null }),
};

const usage = ({ promptTokens, completionTokens }: Completion): object => ({
  prompt_tokens: promptTokens,
  completion_tokens: completionTokens,
  total_tokens: promptTokens + completionTokens,
});

export interface CompletionWriter {
  text: (text: string) => void;
  end: (completion: Completion) => void;
}

function head(shape: Shape, object: string, model: string): object {
  return { id: shape.idPrefix + randomUUID(), object, created: Math.floor(Date.now() / 1000), model };
}

/** Collects the answer and sends it at once. */
export function wholeWriter(response: ServerResponse, shape: Shape, model: string): CompletionWriter {
  let collected = '';
  return {
    text: (text) => (collected += text),
    end(completion) {
      const choice = { index: 0, ...shape.whole(collected), finish_reason: completion.finishReason };
      response.setHeader('content-type', 'application/json; charset=utf-8');
      response.end(
        JSON.stringify({ ...head(shape, shape.object, model), choices: [choice], usage: usage(completion) })
      );
    },
  };
}

/** Sends an event for every token, then the reason of the end, then the token counts. */
export function streamWriter(
  response: ServerResponse,
  shape: Shape,
  model: string,
  includeUsage: boolean
): CompletionWriter {
  const common = head(shape, shape.chunkObject, model);
  let isFirst = true;
  const send = (fields: object): void => {
    // Headers go out with the first token, so that an error before it can still be told by its status.
    if (!response.headersSent) {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    }
    response.write(`data: ${JSON.stringify({ ...common, ...fields })}\n\n`);
  };
  return {
    text(text) {
      send({ choices: [{ index: 0, ...shape.part(text, isFirst), finish_reason: null }] });
      isFirst = false;
    },
    end(completion) {
      send({ choices: [{ index: 0, ...shape.part(undefined, false), finish_reason: completion.finishReason }] });
      if (includeUsage) send({ choices: [], usage: usage(completion) });
      response.end('data: [DONE]\n\n');
    },
  };
}
