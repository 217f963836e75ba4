/** A proxy in front of the API server that can be told to misbehave: lost connections, refusals, silence, delay. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request as send, type RequestOptions, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Link, type Client } from './link.js';

/** Tested against `METHOD /path?query`. */
export type Match = RegExp;

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

const EVERYTHING: Match = /./;

/** The server is overloaded: to be tried again after so many seconds. */
export function tooManyRequests(retryAfterSeconds: number): Answer {
  const body = status(
    429,
    'TooManyRequests',
    'the server has received too many requests and has asked us to try again later'
  );
  return { status: 429, headers: { 'retry-after': `${retryAfterSeconds}` }, body };
}

/** What is asked for is too old: a list's continuation, or a watch's version. */
export function gone(): Answer {
  return { status: 410, body: status(410, 'Expired', 'The resourceVersion for the provided watch is too old.') };
}

/** A watch that begins, and at once says that its version is too old. */
export function expiredWatch(): Answer {
  return { status: 200, body: expired() };
}

export class ApiProxy {
  /** Every request so far, as `METHOD /path?query`. */
  readonly requests: string[] = [];
  private readonly links = new Set<Link>();
  private readonly answers: { readonly match: Match; readonly answer: Answer }[] = [];
  private silent = false;
  private latencyMs = 0;

  private constructor(
    private readonly target: string,
    private readonly ca: string,
    private readonly server: Server
  ) {
    server.on('request', (request, response) => void this.forward(request, response));
    server.on('upgrade', (request, socket, head) => void this.upgrade(request, socket, head));
  }

  /**
   * @param target `https://127.0.0.1:PORT`
   * @param pki folder with the API server's certificate and key, which serve here too: the host is the same.
   */
  static async start(target: string, pki: string): Promise<ApiProxy> {
    const [cert, key] = await Promise.all(['crt', 'key'].map((ext) => readFile(join(pki, `apiserver.${ext}`), 'utf8')));
    // No limits: watches are silent for long.
    const server = createServer({ cert, key, requestTimeout: 0, keepAliveTimeout: 0 });
    const proxy = new ApiProxy(target, cert ?? '', server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return proxy;
  }

  /** Where clients connect. */
  get url(): string {
    return `https://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Cuts what is open now, such as watches and port-forwards; later requests are served. @returns how many there were. */
  dropConnections(match: Match = EVERYTHING): number {
    const open = this.matching(match);
    for (const link of open) link.cut();
    return open.length;
  }

  /** Answers the next request that matches by itself. May be called several times: one answer a call, in this order. */
  answerOnce(match: Match, answer: Answer): void {
    this.answers.push({ match, answer });
  }

  /** Tells the watches that are open now that their version is too old, and ends them. @returns how many there were. */
  expireWatches(match: Match = EVERYTHING): number {
    const watches = this.matching(match).filter(({ name }) => /[?&]watch=/.test(name));
    for (const link of watches) link.endWith(expired());
    return watches.length;
  }

  /** While it is on nothing arrives in either direction, and nothing is refused: as with a dead network. */
  blackHole(on: boolean): void {
    this.silent = on;
    for (const link of this.links) link.hold(on);
  }

  /** Delays every request from now on. */
  latency(ms: number): void {
    this.latencyMs = ms;
  }

  async close(): Promise<void> {
    this.dropConnections();
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private matching(match: Match): Link[] {
    return [...this.links].filter(({ name }) => match.test(name));
  }

  /** Opens a link, and waits until the network lets it through. */
  private async open(request: IncomingMessage, client: Client): Promise<Link> {
    const name = `${request.method} ${request.url}`;
    this.requests.push(name);
    const link = new Link(name, client);
    this.links.add(link);
    link.onClose(() => this.links.delete(link));
    link.hold(this.silent);
    if (this.latencyMs > 0) await sleep(this.latencyMs);
    await link.open;
    return link;
  }

  private async forward(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const link = await this.open(request, response);
    const index = this.answers.findIndex(({ match }) => match.test(link.name));
    const [planned] = index < 0 ? [] : this.answers.splice(index, 1);
    if (planned) {
      const { status: code, headers = {}, body } = planned.answer;
      request.resume();
      response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(body);
      return;
    }
    const upstream = send(this.target + request.url, this.options(request));
    upstream.on('error', () => link.cut());
    upstream.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      // A watch has headers long before it has a body.
      response.flushHeaders();
      link.join(answer, response);
    });
    link.onClose(() => upstream.destroy());
    link.join(request, upstream);
  }

  /** Port-forward and exec: after the handshake bytes go both ways. */
  private async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const link = await this.open(request, socket);
    const upstream = send(this.target + request.url, this.options(request));
    upstream.on('error', () => link.cut());
    upstream.on('response', (answer) => {
      socket.write(headOf(answer));
      link.join(answer, socket);
    });
    upstream.on('upgrade', (answer, target: Duplex, rest) => {
      target.on('error', () => link.cut());
      socket.write(headOf(answer));
      socket.write(rest);
      target.write(head);
      link.join(target, socket);
      link.join(socket, target);
      link.onClose(() => target.destroy());
    });
    upstream.end();
  }

  private options({ method = 'GET', headers }: IncomingMessage): RequestOptions {
    return { method, headers, ca: this.ca, agent: false };
  }
}

function headOf(answer: IncomingMessage): string {
  const headers: string[] = [];
  for (let i = 0; i < answer.rawHeaders.length; i += 2)
    headers.push(`${answer.rawHeaders[i]}: ${answer.rawHeaders[i + 1]}`);
  return `HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}\r\n${headers.join('\r\n')}\r\n\r\n`;
}

function status(code: number, reason: string, message: string): string {
  return JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, code });
}

function expired(): string {
  return `{"type":"ERROR","object":${status(410, 'Expired', 'too old resource version')}}\n`;
}
