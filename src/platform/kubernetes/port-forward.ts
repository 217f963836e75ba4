/** A local port that leads to a pod: each connection is a forward of its own, so that one that breaks is made anew by the next. */
import { createServer, type Server, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { PortForward, type KubeConfig } from '@kubernetes/client-node';

export interface ForwardTarget {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

export interface PortForwardOptions {
  readonly localPort: number;
  /** Asked for each connection: the pod may be another one by then. Null: there is none at the moment. */
  readonly target: () => Promise<ForwardTarget | null>;
  /** Told of each connection that broke although its client had not ended it. */
  readonly onBroken: (reason: string) => void;
}

/** RFC 6455, 7.4.1: the connection ended without a word, as when the API server or what is before it dies. */
const ABNORMAL_CLOSURE = 1006;

/** A client that hangs up sooner has not waited in vain: a way takes milliseconds. */
const PATIENCE_MS = 2000;

/** Listens on 127.0.0.1. @throws Error when the port is taken. */
export async function listenForward(config: KubeConfig, options: PortForwardOptions): Promise<Server> {
  const forward = new PortForward(config, true);
  const server = createServer((socket) => void serve(forward, socket, options));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.localPort, '127.0.0.1', resolve);
  });
  return server;
}

async function serve(forward: PortForward, socket: Socket, { target, onBroken }: PortForwardOptions): Promise<void> {
  let clientEnded = false;
  let broken = false;
  const fail = (reason: string): void => {
    if (!clientEnded && !broken) onBroken(reason);
    broken = true;
    socket.destroy();
  };
  let connected = false;
  const sinceMs = performance.now();
  const onClientEnd = (): void => {
    // While the way is being looked for, a request may run out of time. A load generator that has all its answers hangs up sooner.
    if (!connected && performance.now() - sinceMs > PATIENCE_MS) fail('the client gave up before there was a way');
    clientEnded = true;
  };
  for (const event of ['error', 'end', 'close']) socket.on(event, onClientEnd);
  // What the client sends while the forward is being made must not be lost.
  const fromClient = new PassThrough();
  socket.pipe(fromClient);
  try {
    const to = await target();
    if (!to) return fail('there is no pod to forward to');
    const errors = new PassThrough();
    errors.on('data', (data: Buffer) => fail(data.toString('utf8').trim().slice(0, 300)));
    const connection = await forward.portForward(to.namespace, to.pod, [to.port], socket, errors, fromClient, 0);
    connected = true;
    const websocket = typeof connection === 'function' ? connection() : connection;
    websocket?.on('close', (code: number) => {
      if (code === ABNORMAL_CLOSURE) return fail('the connection to the API server was lost');
      // The engine closed its side: whatever it had sent is through, and the client may see the end of it.
      if (!clientEnded) socket.end();
    });
    websocket?.on('error', (error: Error) => fail(error.message));
    socket.on('close', () => websocket?.close());
    if (socket.destroyed) websocket?.close();
  } catch (error) {
    fail(describe(error));
  }
}

function describe(error: unknown): string {
  const inner = (error as { error?: unknown } | null)?.error ?? error;
  return (inner instanceof Error ? inner.message : String(inner)).slice(0, 300);
}
