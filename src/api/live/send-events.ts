/** One stream of events to one client: over Server-Sent Events, or over WebSocket. */
import type { FastifyReply } from 'fastify';
import type { WebSocket } from '@fastify/websocket';
import type { Listener } from './stream.js';

interface Event {
  readonly id: string;
  readonly type: string;
}

/** A client that takes nothing is let go; it comes back with the last id it has seen. */
const MOST_WAITING_BYTES = 8 * 2 ** 20;
/** Proxies end connections on which nothing happens. */
const HEARTBEAT_MS = 15_000;
/** Milliseconds after which a browser comes back. */
const RETRY_MS = 1000;

type Listen<T> = (listener: Listener<T>) => Promise<() => void>;

/** Streams that are open: how many there may be, and how all of them end. */
export class Streams {
  private readonly ends = new Set<() => void>();

  constructor(readonly most = 500) {}

  get isFull(): boolean {
    return this.ends.size >= this.most;
  }

  get size(): number {
    return this.ends.size;
  }

  add(end: () => void): () => void {
    this.ends.add(end);
    return () => this.ends.delete(end);
  }

  close(): void {
    for (const end of this.ends) end();
  }
}

/** @throws what `listen` throws, before anything was sent. */
export async function sendSse<T extends Event>(
  reply: FastifyReply,
  streams: Streams,
  listen: Listen<T>
): Promise<void> {
  const { raw } = reply;
  // What comes before the head is sent waits for it.
  const early: T[] = [];
  let isOpen = false;
  let stop: (() => void) | null = null;
  const write = (event: T): void => {
    raw.write(`id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    if (raw.writableLength > MOST_WAITING_BYTES) end();
  };
  const end = (): void => {
    clearInterval(heartbeat);
    stop?.();
    leave();
    raw.end();
    raw.destroy();
  };
  stop = await listen({ send: (event) => (isOpen ? write(event) : early.push(event)) });
  const heartbeat = setInterval(() => raw.write(': still here\n\n'), HEARTBEAT_MS);
  const leave = streams.add(end);
  raw.on('close', end);
  reply.hijack();
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
  raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  raw.write(`retry: ${RETRY_MS}\n\n`);
  isOpen = true;
  for (const event of early) write(event);
  if (raw.destroyed) end();
}

export async function sendOverSocket<T extends Event>(
  socket: WebSocket,
  streams: Streams,
  listen: Listen<T>
): Promise<void> {
  const send = (event: T): void => {
    socket.send(JSON.stringify(event));
    if (socket.bufferedAmount > MOST_WAITING_BYTES) socket.terminate();
  };
  let isAlive = true;
  const heartbeat = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, HEARTBEAT_MS);
  const leave = streams.add(() => socket.close(1001, 'the server is going'));
  let stop: (() => void) | null = null;
  let isClosed = false;
  socket.on('pong', () => (isAlive = true));
  socket.on('error', () => socket.terminate());
  socket.on('close', () => {
    isClosed = true;
    clearInterval(heartbeat);
    leave();
    stop?.();
  });
  stop = await listen({ send });
  if (isClosed) stop();
}
