import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { KubeConfig, type KubernetesObject } from '@kubernetes/client-node';
import { TunerError } from '../../domain/failures.js';
import { Cluster } from './cluster.js';
import { ClusterError } from './cluster-errors.js';
import { watchList, type WatchRequest } from './watch.js';

const PATH = '/api/v1/namespaces/x/pods';

/** A small API server that lists and watches pods, and says what it was asked. */
class PodServer {
  private server: Server | null = null;
  private port = 0;
  private readonly waiting: (() => void)[] = [];
  /** The items of the next list. */
  items: object[] = [];
  version = '1';
  /** `list`, or the resource version from which a watch began. */
  readonly asked: string[] = [];
  readonly queries: URLSearchParams[] = [];
  /** The open watches, the newest last. */
  watches: ServerResponse[] = [];
  /** Takes the place of an answer while it returns true. */
  instead: (request: IncomingMessage, response: ServerResponse, isWatch: boolean) => boolean = () => false;

  async start(): Promise<void> {
    const server = createServer((request, response) => this.answer(request, response));
    server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = null;
    if (!server) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    this.watches = [];
  }

  config(): KubeConfig {
    const config = new KubeConfig();
    config.loadFromOptions({
      clusters: [{ name: 'c', server: `http://127.0.0.1:${this.port}`, skipTLSVerify: true }],
      users: [{ name: 'u' }],
      contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
      currentContext: 'x',
    });
    return config;
  }

  /** Resolves when `holds` does; looked at after each request. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  changed(): void {
    for (const wake of this.waiting.splice(0)) wake();
  }

  send(type: string, object: object): void {
    this.watches.at(-1)?.write(`${JSON.stringify({ type, object })}\n`);
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', 'http://x');
    const isWatch = url.searchParams.get('watch') === 'true';
    this.asked.push(isWatch ? (url.searchParams.get('resourceVersion') ?? '') : 'list');
    this.queries.push(url.searchParams);
    if (!this.instead(request, response, isWatch)) {
      response.writeHead(200, { 'content-type': 'application/json' });
      if (isWatch) {
        response.flushHeaders();
        this.watches.push(response);
        response.on('close', () => {
          this.watches = this.watches.filter((other) => other !== response);
          this.changed();
        });
      } else {
        response.end(
          JSON.stringify({ kind: 'PodList', metadata: { resourceVersion: this.version }, items: this.items })
        );
      }
    }
    this.changed();
  }
}

const pod = (name: string, version: string, uid = name): object => ({
  metadata: { name, uid, resourceVersion: version },
});
const gone = { kind: 'Status', status: 'Failure', reason: 'Expired', message: 'too old resource version', code: 410 };

let server: PodServer;
let stop: AbortController;
let seen: string[][];
let watching: Promise<void>;

beforeEach(async () => {
  server = new PodServer();
  await server.start();
  stop = new AbortController();
  seen = [];
});
afterEach(async () => {
  stop.abort();
  await watching.catch(() => undefined);
  await server.stop();
});

/** Watches through the same requests as the tuner does. */
function watch(more: Partial<WatchRequest> = {}): void {
  const cluster = new Cluster(server.config());
  watching = watchList(server.config(), {
    path: PATH,
    query: { labelSelector: 'a=b' },
    list: (signal) =>
      cluster.request('list pods', signal, (options) => cluster.core.listNamespacedPod({ namespace: 'x' }, options)),
    signal: stop.signal,
    onChange: (objects: readonly KubernetesObject[]) => {
      seen.push(objects.map(({ metadata }) => `${metadata?.name}@${metadata?.resourceVersion}`));
      server.changed();
    },
    ...more,
  });
}
const now = (): string[] | undefined => seen.at(-1);
const isNow =
  (...expected: string[]) =>
  (): boolean =>
    JSON.stringify(now()) === JSON.stringify(expected);
const open = (): boolean => server.watches.length === 1;

describe('watching a list', () => {
  it('begins with what there is, and follows what is added, changed and deleted', async () => {
    server.items = [pod('a', '5')];
    server.version = '7';
    watch();
    await server.until(open);
    expect(seen).toEqual([['a@5']]);
    expect(server.asked).toEqual(['list', '7']);
    expect(Object.fromEntries(server.queries[1] ?? [])).toMatchObject({
      ...{ labelSelector: 'a=b', allowWatchBookmarks: 'true', timeoutSeconds: '45' },
    });
    server.send('ADDED', pod('b', '8'));
    server.send('MODIFIED', pod('a', '9'));
    server.send('DELETED', pod('b', '10'));
    await server.until(() => seen.length === 4);
    expect(seen.slice(1)).toEqual([['a@5', 'b@8'], ['a@9', 'b@8'], ['a@9']]);
  });

  it('tells two objects of one name apart', async () => {
    server.items = [pod('a', '5', 'first')];
    watch();
    await server.until(open);
    server.send('ADDED', pod('a', '8', 'second'));
    server.send('DELETED', pod('a', '9', 'first'));
    await server.until(() => seen.length === 3);
    expect(now()).toEqual(['a@8']);
  });

  it.each([
    ['an event', 'MODIFIED'],
    ['a bookmark', 'BOOKMARK'],
  ])('goes on after a dropped connection where %s left it', async (_, type) => {
    server.items = [pod('a', '5')];
    watch();
    await server.until(open);
    server.send(type, pod('a', '30'));
    // What follows shows that it was read.
    server.send('ADDED', pod('b', '20'));
    server.send(type, pod('a', '31'));
    server.send('ADDED', pod('c', '32'));
    await server.until(() => now()?.includes('c@32') ?? false);
    server.watches[0]?.destroy();
    await server.until(() => open() && server.asked.length === 3);
    expect(server.asked).toEqual(['list', '1', '32']);
    server.send('DELETED', pod('b', '40'));
    await server.until(() => now()?.length === 2);
    server.send('BOOKMARK', { metadata: { resourceVersion: '50' } });
    server.watches[0]?.end();
    await server.until(() => open() && server.asked.length === 4);
    expect(server.asked.at(-1)).toBe('50');
    expect(now()).toEqual([type === 'BOOKMARK' ? 'a@5' : 'a@31', 'c@32']);
  });

  it.each<[string, () => void]>([
    ['an HTTP status', () => undefined],
    ['an event', () => server.send('ERROR', gone)],
  ])('lists anew what the server no longer knows, told by %s', async (how, tell) => {
    server.items = [pod('a', '5')];
    watch();
    await server.until(open);
    server.items = [pod('b', '90')];
    server.version = '100';
    if (how === 'an HTTP status') {
      server.instead = (_, response, isWatch) => {
        if (!isWatch || server.asked.at(-1) === '100') return false;
        response.writeHead(410, { 'content-type': 'application/json' }).end(JSON.stringify(gone));
        return true;
      };
      server.watches[0]?.destroy();
    } else tell();
    await server.until(() => server.asked.at(-1) === '100' && open());
    expect(server.asked.filter((item) => item === 'list')).toHaveLength(2);
    // What went away meanwhile is no longer known, either.
    expect(seen).toEqual([['a@5'], ['b@90']]);
  });

  it('tries again where another error ends a watch, without listing', async () => {
    watch();
    await server.until(open);
    server.send('ERROR', { ...gone, code: 500 });
    await server.until(() => server.asked.length === 3 && open());
    expect(server.asked).toEqual(['list', '1', '1']);
  });

  it('waits for a server that is busy', async () => {
    let refusals = 2;
    server.instead = (_, response) => {
      if (refusals-- <= 0) return false;
      const message = JSON.stringify({ kind: 'Status', code: 429, message: 'storage is (re)initializing' });
      response.writeHead(429, { 'content-type': 'application/json', 'retry-after': '0.01' }).end(message);
      return true;
    };
    watch();
    await server.until(() => seen.length === 1);
    // The watch comes next.
    refusals = 2;
    await server.until(open);
    expect(server.asked.slice(0, 3)).toEqual(['list', 'list', 'list']);
    expect(server.asked.slice(3).every((item) => item === '1')).toBe(true);
    server.send('ADDED', pod('a', '9'));
    await server.until(isNow('a@9'));
  });

  it('waits for a server that is away, during the watch and before the list', async () => {
    server.items = [pod('a', '5')];
    watch();
    await server.until(open);
    await server.stop();
    await server.start();
    await server.until(open);
    expect(server.asked).toEqual(['list', '1', '1']);
    server.send('ADDED', pod('b', '9'));
    await server.until(isNow('a@5', 'b@9'));
  });

  it('goes on where a list fails for a reason that passes', async () => {
    let tries = 0;
    watch({
      list: () => {
        tries += 1;
        if (tries === 1) return Promise.reject(new ClusterError('away', null));
        return Promise.resolve({ metadata: { resourceVersion: '3' }, items: [] });
      },
    });
    await server.until(open);
    expect(tries).toBe(2);
    expect(server.asked).toEqual(['3']);
  });

  it('ends with what another try would not change', async () => {
    watch({ list: () => Promise.reject(new TunerError('CLUSTER_FORBIDDEN', 'no')) });
    await expect(watching).rejects.toMatchObject({ code: 'CLUSTER_FORBIDDEN' });
    expect(server.asked).toEqual([]);
  });

  it('ends when it is told to, and leaves no connection behind', async () => {
    watch();
    await server.until(open);
    stop.abort();
    await watching;
    await server.until(() => server.watches.length === 0);
    expect(server.asked).toEqual(['list', '1']);
  });

  it('ends where it is told to by what it has found', async () => {
    watch({ onChange: () => stop.abort() });
    await watching;
    expect(server.asked).toEqual(['list']);
  });

  it('ends before it has begun, and while a server does not answer', async () => {
    stop.abort();
    watch();
    await watching;
    expect(server.asked).toEqual([]);

    const later = new AbortController();
    const closed = new Promise<void>((resolve) => {
      server.instead = (request, response, isWatch) => {
        if (!isWatch) return false;
        request.on('close', resolve);
        // Answered when nobody waits any more: it must not be kept open.
        later.signal.addEventListener('abort', () => setImmediate(() => response.writeHead(200).flushHeaders()));
        return true;
      };
    });
    watch({ signal: later.signal });
    await server.until(() => server.asked.includes('1'));
    later.abort();
    await watching;
    await closed;
    expect(seen).toEqual([[]]);
  });

  it('does not spin when the server ends every watch at once', async () => {
    const times: number[] = [];
    server.instead = (_, response, isWatch) => {
      if (!isWatch) return false;
      times.push(performance.now());
      response.writeHead(200).end();
      return true;
    };
    watch();
    await server.until(() => times.length === 5);
    // Each pause is twice the one before, from 50 ms; a timer may fire a little early.
    const pauses = times.slice(1).map((time, i) => time - (times[i] ?? 0));
    expect(pauses.map((pause, i) => pause > 45 * 2 ** i)).toEqual([true, true, true, true]);
    expect(server.asked).toEqual(['list', '1', '1', '1', '1', '1']);
    expect(seen).toEqual([[]]);
  });
});
