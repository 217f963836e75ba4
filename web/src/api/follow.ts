/** A stream that comes back by itself, where it was. */
import { ApiError } from './http.js';
import { readEvents } from './stream.js';

export type Connection = 'connecting' | 'live' | 'lost' | 'ended';

export interface Following<T> {
  readonly path: string;
  readonly onEvent: (event: T) => void;
  readonly onConnection: (state: Connection) => void;
  /** Asked when the server has closed the stream: whether nothing more will come. */
  readonly isOver?: () => boolean;
}

const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 5000;

/** Follows until the signal, or until it is over. Each event is given once, in order, however often the connection breaks. */
export async function follow<T extends { readonly id: string }>(
  { path, onEvent, onConnection, isOver = () => false }: Following<T>,
  signal: AbortSignal
): Promise<void> {
  let last: string | null = null;
  let pause = FIRST_PAUSE_MS;
  onConnection('connecting');
  while (!signal.aborted) {
    try {
      const opened = (): void => onConnection('live');
      for await (const { data } of readEvents(path, last, signal, opened)) {
        const event = JSON.parse(data) as T;
        last = event.id;
        pause = FIRST_PAUSE_MS;
        onEvent(event);
      }
    } catch (error) {
      if (signal.aborted) return;
      // What is not there, or not allowed, is not there at the next try either.
      if (error instanceof ApiError && [400, 401, 403, 404].includes(error.status)) return onConnection('lost');
    }
    if (signal.aborted) return;
    if (isOver()) return onConnection('ended');
    onConnection('lost');
    await new Promise((resolve) => setTimeout(resolve, pause * (0.5 + Math.random() / 2)));
    pause = Math.min(LONGEST_PAUSE_MS, pause * 2);
  }
}
