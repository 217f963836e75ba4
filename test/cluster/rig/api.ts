/** A small client of an API server: any resource by its path, JSON in and out. */
import { randomBytes } from 'node:crypto';
import { Agent, request as send, type RequestOptions } from 'node:https';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Access {
  /** Such as `https://127.0.0.1:PORT`, without a slash at its end. */
  readonly server: string;
  /** Absent where something else says who asks. */
  readonly token?: string;
  /** PEM; absent: the authorities that Node knows. */
  readonly ca?: string;
  /** What a kubeconfig may ask for besides: a client's certificate, other headers, a proxy. */
  readonly more?: RequestOptions;
}

/** An answer other than 2xx. */
export class ApiError extends Error {
  constructor(
    readonly code: number,
    readonly reason: string,
    message: string
  ) {
    super(message);
  }
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

const JSON_TYPE = 'application/json';
const MERGE_PATCH = 'application/merge-patch+json';
const APPLY_PATCH = 'application/apply-patch+yaml';
const YAML_TYPE = 'application/yaml';
/** Right after a CustomResourceDefinition is created the server answers 429 for a while. */
const RETRY_AFTER_MS = 200;
const SILENCE_MS = 1000;

export class Api {
  private readonly connection: RequestOptions;

  constructor(readonly access: Access) {
    const { ca, more } = access;
    this.connection = { agent: new Agent({ keepAlive: true }), ...(ca === undefined ? {} : { ca }), ...more };
  }

  /** Whether a GET succeeds, whatever it answers. */
  async answers(path: string): Promise<boolean> {
    const response = await this.open('GET', path);
    await textOf(response);
    return response.statusCode === 200;
  }

  /**
   * Opens a WebSocket, and waits for what the other side says first, beyond the two bytes of a port-forward's port.
   * @returns that frame, an empty text when the connection ends without one, or null when nothing is said for a second.
   */
  firstWords(path: string): Promise<string | null> {
    const headers = {
      ...this.identity,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': randomBytes(16).toString('base64'),
      'sec-websocket-protocol': 'v4.channel.k8s.io',
    };
    return new Promise((resolve, reject) => {
      const asked = send(`${this.access.server}${path}`, { ...this.connection, headers, agent: false });
      asked.on('error', reject);
      asked.on('response', (response) => void textOf(response).then(resolve, reject));
      asked.on('upgrade', (_, socket, head: Buffer) => {
        let text = '';
        const read = (data: Buffer): void => {
          text += data.toString('latin1');
          if (/[a-z]{4}/.test(text)) socket.destroy();
        };
        socket.on('data', read).on('error', reject);
        socket.once('close', () => resolve(text));
        const silence = setTimeout(() => {
          resolve(null);
          socket.destroy();
        }, SILENCE_MS);
        socket.once('close', () => clearTimeout(silence));
        read(head);
      });
      asked.end();
    });
  }

  get<T>(path: string): Promise<T> {
    return this.call<T>('GET', path);
  }

  /** @returns null instead of a 404. */
  find<T>(path: string): Promise<T | null> {
    return this.get<T>(path).catch(unless(404));
  }

  create<T>(path: string, body: object): Promise<T> {
    return this.call<T>('POST', path, JSON.stringify(body), JSON_TYPE);
  }

  /** Creates one object from YAML, which the server reads by itself. It may exist already. */
  async createYaml(path: string, text: string): Promise<void> {
    await this.call('POST', path, text, YAML_TYPE).catch(unless(409));
  }

  replace<T>(path: string, body: object): Promise<T> {
    return this.call<T>('PUT', path, JSON.stringify(body), JSON_TYPE);
  }

  patch<T>(path: string, body: object): Promise<T> {
    return this.call<T>('PATCH', path, JSON.stringify(body), MERGE_PATCH);
  }

  /** Server-side apply: creates the object, or makes it what it should be. */
  apply<T>(path: string, body: object): Promise<T> {
    return this.call<T>('PATCH', `${path}?fieldManager=rig&force=true`, JSON.stringify(body), APPLY_PATCH);
  }

  /** It may be gone already. */
  async remove(path: string, options: object = {}): Promise<void> {
    await this.call('DELETE', path, JSON.stringify(options), JSON_TYPE).catch(unless(404));
  }

  /**
   * One watch, until the server or the signal ends it.
   * @throws ApiError when the server refuses it; the connection's error when that breaks.
   */
  async *watch<T>(path: string, signal: AbortSignal): AsyncGenerator<{ type: string; object: T }> {
    const response = await this.open('GET', path, undefined, undefined, signal);
    if (response.statusCode !== 200) throw errorOf(response.statusCode ?? 0, await textOf(response));
    let rest = '';
    for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield JSON.parse(line) as { type: string; object: T };
    }
  }

  /** The headers that say who asks. */
  private get identity(): OutgoingHttpHeaders {
    const { token, more } = this.access;
    return { ...(more?.headers as OutgoingHttpHeaders), ...(token ? { authorization: `Bearer ${token}` } : {}) };
  }

  private async call<T>(method: Method, path: string, body?: string, contentType?: string): Promise<T> {
    for (;;) {
      const response = await this.open(method, path, body, contentType);
      const text = await textOf(response);
      const code = response.statusCode ?? 0;
      if (code >= 200 && code < 300) return JSON.parse(text) as T;
      if (code !== 429) throw errorOf(code, text);
      await sleep(RETRY_AFTER_MS);
    }
  }

  private open(
    method: Method,
    path: string,
    body?: string,
    contentType?: string,
    signal?: AbortSignal
  ): Promise<IncomingMessage> {
    const headers = {
      ...this.identity,
      accept: JSON_TYPE,
      ...(contentType === undefined ? {} : { 'content-type': contentType }),
      // Node adds none to a DELETE with a body, which the server then takes for the next request.
      ...(body === undefined ? {} : { 'content-length': `${Buffer.byteLength(body)}` }),
    };
    const options: RequestOptions = { ...this.connection, method, headers, ...(signal ? { signal } : {}) };
    return new Promise((resolve, reject) => {
      send(`${this.access.server}${path}`, options, resolve).on('error', reject).end(body);
    });
  }
}

/** Turns one kind of refusal into null. */
export function unless(...codes: number[]): (error: unknown) => null {
  return (error) => {
    if (error instanceof ApiError && codes.includes(error.code)) return null;
    throw error;
  };
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) text += chunk;
  return text;
}

function errorOf(code: number, text: string): ApiError {
  try {
    const status = JSON.parse(text) as { reason?: string; message?: string };
    return new ApiError(code, status.reason ?? '', status.message ?? text);
  } catch {
    return new ApiError(code, '', text);
  }
}
