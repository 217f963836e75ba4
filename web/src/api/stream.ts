/**
 * Server-Sent Events over fetch. The browser's own EventSource sends no Authorization header, and does not tell when it lost events.
 */
import { API, ApiError, withToken } from './http.js';
import { askForToken } from './token.js';

export interface StreamEvent {
  readonly id: string | null;
  readonly data: string;
}

/** Longer than the server's pauses between its signs of life. */
const SILENCE_MS = 60_000;

/**
 * The events of one connection, until it ends.
 * @param after the id of the last event that was seen: the server goes on behind it.
 * @throws ApiError when the server refuses; whatever fetch throws when the connection breaks.
 */
export async function* readEvents(
  path: string,
  after: string | null,
  signal: AbortSignal,
  onOpen: () => void
): AsyncGenerator<StreamEvent> {
  const silence = new AbortController();
  const either = AbortSignal.any([signal, silence.signal]);
  const headers = { accept: 'text/event-stream', ...(after ? { 'last-event-id': after } : {}) };
  let timer = setTimeout(() => silence.abort(), SILENCE_MS);
  try {
    const response = await fetch(`${API}${path}`, { headers: withToken(headers), signal: either });
    if (response.status === 401) askForToken();
    if (!response.ok || !response.body) throw new ApiError(response.status, { title: response.statusText });
    onOpen();
    const parse = createParser();
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE_MS);
      yield* parse(value);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** @returns what takes pieces of the stream and gives the events that they complete. */
export function createParser(): (piece: string) => StreamEvent[] {
  let rest = '';
  let id: string | null = null;
  let data: string[] = [];
  return (piece) => {
    const events: StreamEvent[] = [];
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) events.push({ id, data: data.join('\n') });
        data = [];
        continue;
      }
      const colon = line.indexOf(':');
      if (colon === 0) continue;
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (field === 'id') id = value;
      if (field === 'data') data.push(value);
    }
    return events;
  };
}
