/**
 * A proxy of TCP on loopback, or of Unix sockets, that can be told to misbehave.
 *
 *   none        passes everything on
 *   latency     holds back each piece by `ms`, in both directions
 *   reset       ends every connection with a reset, new ones at once
 *   blackhole   accepts, and passes nothing on in either direction; what came meanwhile is lost, its connections are reset afterwards
 *   half-open   passes on what the client sends, and nothing of what is answered; the same afterwards
 */
import { readFileSync, watchFile } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface NetworkFault {
  readonly kind: 'none' | 'latency' | 'reset' | 'blackhole' | 'half-open';
  readonly ms?: number;
}

export interface FaultProxyOptions {
  /** Of loopback, or a Unix socket's path. @default any free port */
  readonly port?: number | string;
  readonly target: number | string;
  /** Holds a fault as JSON, and is looked at again and again. */
  readonly faultFile?: string;
}

const NONE: NetworkFault = { kind: 'none' };

export class FaultProxy {
  private fault = NONE;
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  private constructor(private readonly target: number | string) {
    this.server = createServer((client) => this.serve(client));
  }

  static async start({ port = 0, target, faultFile }: FaultProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(target);
    await new Promise<void>((done, fail) => {
      proxy.server.once('error', fail);
      if (typeof port === 'string') proxy.server.listen(port, done);
      else proxy.server.listen(port, '127.0.0.1', done);
    });
    if (faultFile !== undefined) {
      const read = (): void => proxy.set(readFault(faultFile));
      watchFile(faultFile, { interval: 100 }, read);
      read();
    }
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  set(fault: NetworkFault): void {
    const wasDeaf = this.fault.kind === 'blackhole' || this.fault.kind === 'half-open';
    this.fault = fault;
    // A connection that has lost bytes must never be used again.
    if (fault.kind === 'reset' || wasDeaf) for (const socket of this.sockets) reset(socket);
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((done) => this.server.close(done));
  }

  private serve(client: Socket): void {
    if (this.fault.kind === 'reset') return reset(client);
    const { target } = this;
    const server = connect(typeof target === 'string' ? { path: target } : { host: '127.0.0.1', port: target });
    this.join(client, server, () => this.fault.kind !== 'blackhole');
    this.join(server, client, () => this.fault.kind !== 'blackhole' && this.fault.kind !== 'half-open');
  }

  private join(from: Socket, to: Socket, passes: () => boolean): void {
    this.sockets.add(from);
    from.setNoDelay(true);
    // What was held back must not be overtaken by what comes after the fault.
    let heldBack = 0;
    let turn = Promise.resolve();
    from.on('data', (data) => {
      if (!passes()) return;
      const delayMs = this.fault.kind === 'latency' ? (this.fault.ms ?? 0) : 0;
      if (delayMs === 0 && heldBack === 0) return void to.write(data);
      const dueMs = performance.now() + delayMs;
      heldBack++;
      turn = turn.then(async () => {
        await sleep(Math.max(0, dueMs - performance.now()));
        heldBack--;
        if (to.writable) to.write(data);
      });
    });
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.sockets.delete(from);
      // With what was given to it before: an answer that ends with its connection must not lose its end.
      to.destroySoon();
    });
  }
}

/** A Unix socket knows no reset: it just ends. */
function reset(socket: Socket): void {
  if (socket.remoteAddress === undefined) socket.destroy();
  else socket.resetAndDestroy();
}

function readFault(file: string): NetworkFault {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as NetworkFault;
  } catch {
    return NONE;
  }
}
