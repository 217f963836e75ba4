/** Docker's API on a Unix socket, as far as the tuner uses it: containers are entries of a map, and what happens to them the test says. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface FakeContainer {
  readonly id: string;
  readonly name: string;
  readonly body: {
    Image: string;
    Cmd: string[];
    Entrypoint?: string[];
    Env: string[];
    Labels: Record<string, string>;
    HostConfig: Record<string, unknown>;
  };
  state: {
    Status: string;
    Running: boolean;
    OOMKilled: boolean;
    ExitCode: number;
    Error: string;
    Pid: number;
    StartedAt: string;
  };
  log: string;
  readonly files: Buffer[];
}

const NEVER = '0001-01-01T00:00:00Z';

export class FakeDocker {
  readonly containers = new Map<string, FakeContainer>();
  readonly images = new Set<string>();
  /** `GET /containers/x/json`: path with query. */
  readonly requests: string[] = [];
  /** The lines with which a pull answers, and what it was asked with. */
  pullLines: object[] = [];
  readonly pullAuth: string[] = [];
  /** What a start answers instead of starting. */
  refuseStart: string | null = null;
  podman = false;
  /** Called with `POST /containers/x/start` before it is answered. */
  beforeAnswer: (request: string) => Promise<void> = async () => undefined;
  private made = 0;
  /** Where the engine of a started container is reached. */
  hostPort = '1';
  private readonly listeners = new Set<ServerResponse>();
  private past: object[] = [];
  private readonly server: Server;

  private constructor(readonly socketPath: string) {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  static async start(socketPath: string): Promise<FakeDocker> {
    const fake = new FakeDocker(socketPath);
    await new Promise<void>((done) => fake.server.listen(socketPath, done));
    return fake;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((done) => this.server.close(done));
  }

  /** The daemon hangs up on all who listen to its events. */
  dropListeners(): void {
    for (const response of this.listeners) response.destroy();
    this.listeners.clear();
  }

  /** It is started again: what runs has ended, and nobody has seen how. */
  restart(code: number): void {
    for (const { state } of this.containers.values())
      if (state.Running) Object.assign(state, { Status: 'exited', Running: false, ExitCode: code, Pid: 0 });
    this.past = [];
    this.dropListeners();
  }

  get listening(): number {
    return this.listeners.size;
  }

  /** Ends a container, as the kernel, its engine or somebody else does. */
  end(name: string, { code, oom = false, by = [] }: { code: number; oom?: boolean; by?: readonly string[] }): void {
    const container = this.containers.get(name);
    if (!container) throw new Error(`no container ${name}`);
    Object.assign(container.state, { Status: 'exited', Running: false, ExitCode: code, OOMKilled: oom, Pid: 0 });
    for (const action of [...(oom ? ['oom'] : []), ...by, 'die']) this.tell(container, action);
  }

  tell({ id, name }: { id: string; name: string }, action: string): void {
    const event = { Type: 'container', Action: action, Actor: { ID: id, Attributes: { name } } };
    this.past.push(event);
    for (const response of this.listeners) response.write(`${JSON.stringify(event)}\n`);
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://docker');
    const method = request.method ?? '';
    this.requests.push(`${method} ${url.pathname}${url.search}`);
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    await this.beforeAnswer(`${method} ${url.pathname}`);
    const send = (status: number, value?: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(value === undefined ? undefined : JSON.stringify(value));
    };
    const [, kind, id = '', verb = ''] = url.pathname.split('/');
    if (kind === 'version')
      return send(200, { Version: '1', Components: this.podman ? [{ Name: 'Podman Engine' }] : [] });
    if (kind === 'info') return send(200, { NCPU: 4, MemTotal: 8 * 2 ** 30 });
    if (kind === 'events') return this.events(url, response);
    if (kind === 'images') return this.answerImages(request, url, response, send);
    if (url.pathname === '/containers/json') return send(200, this.list(url));
    if (url.pathname === '/containers/create')
      return this.create(url, JSON.parse(body.toString()) as FakeContainer['body'], send);
    const container = this.find(id);
    if (!container) return send(404, { message: `No such container: ${id}` });
    switch (verb) {
      case 'json':
        return send(200, this.inspected(container));
      case 'start':
        if (this.refuseStart !== null) {
          Object.assign(container.state, { Error: this.refuseStart, ExitCode: 128 });
          return send(500, { message: this.refuseStart });
        }
        Object.assign(container.state, {
          Status: 'running',
          Running: true,
          Pid: 999_999,
          StartedAt: new Date().toISOString(),
        });
        return send(204);
      case 'stop':
        if (!container.state.Running) return send(304);
        this.end(container.name, { code: 143, by: ['kill'] });
        return send(204);
      case 'archive':
        container.files.push(body);
        return send(200);
      case 'top':
        return send(200, { Titles: ['PID'], Processes: [['999999']] });
      case 'logs': {
        const text = Buffer.from(container.log);
        const header = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);
        header.writeUInt32BE(text.length, 4);
        response.writeHead(200);
        // In pieces that cut the header and the text.
        for (const piece of text.length > 0
          ? [header.subarray(0, 3), header.subarray(3), text.subarray(0, 2), text.subarray(2)]
          : [])
          response.write(piece);
        response.end();
        return;
      }
      default:
        if (method !== 'DELETE') return send(404, { message: `what is ${verb}?` });
        this.containers.delete(container.name);
        this.tell(container, 'destroy');
        return send(204);
    }
  }

  private create(url: URL, body: FakeContainer['body'], send: (status: number, value?: unknown) => void): void {
    const name = url.searchParams.get('name') ?? '';
    if (this.containers.has(name))
      return send(409, { message: `Conflict. The container name "/${name}" is already in use` });
    if (!this.images.has(body.Image)) return send(404, { message: `No such image: ${body.Image}` });
    const state = {
      Status: 'created',
      Running: false,
      OOMKilled: false,
      ExitCode: 0,
      Error: '',
      Pid: 0,
      StartedAt: NEVER,
    };
    const id = `id-${++this.made}`;
    this.containers.set(name, { id, name, body, state, log: '', files: [] });
    send(201, { Id: id });
  }

  private answerImages(
    request: IncomingMessage,
    url: URL,
    response: ServerResponse,
    send: (status: number, value?: unknown) => void
  ): void {
    if (url.pathname !== '/images/create') {
      const name = url.pathname.slice('/images/'.length, -'/json'.length);
      if (!this.images.has(name) && !name.startsWith('sha256:'))
        return send(404, { message: `No such image: ${name}` });
      return send(200, { Id: 'sha256:1234', RepoDigests: ['x@sha256:5678'] });
    }
    this.pullAuth.push(String(request.headers['x-registry-auth'] ?? ''));
    response.writeHead(200);
    for (const line of this.pullLines) response.write(`${JSON.stringify(line)}\n`);
    if (!this.pullLines.some((line) => 'error' in line))
      this.images.add(`${url.searchParams.get('fromImage')}:${url.searchParams.get('tag')}`);
    response.end();
  }

  private events(url: URL, response: ServerResponse): void {
    response.writeHead(200);
    if (url.searchParams.has('until')) {
      response.end(this.past.map((event) => `${JSON.stringify(event)}\n`).join(''));
      return;
    }
    response.flushHeaders();
    this.listeners.add(response);
    response.on('close', () => this.listeners.delete(response));
  }

  private list(url: URL): object[] {
    const { label = [] } = JSON.parse(url.searchParams.get('filters') ?? '{}') as { label?: string[] };
    return [...this.containers.values()]
      .filter(({ body }) => label.every((name) => name in body.Labels))
      .map(({ id, name, body, state }) => ({
        ...{ Id: id, Names: [`/${name}`], Created: Math.floor(Date.now() / 1000) },
        ...{ State: state.Status, Labels: body.Labels },
      }));
  }

  private find(id: string): FakeContainer | undefined {
    return [...this.containers.values()].find((item) => item.name === id || item.id === id);
  }

  private inspected({ id, name, body, state }: FakeContainer): object {
    const ports = state.Running ? { '8000/tcp': [{ HostIp: '127.0.0.1', HostPort: this.hostPort }] } : {};
    return {
      ...{ Id: id, Name: `/${name}`, Image: 'sha256:1234', Created: new Date().toISOString(), State: state },
      ...{ Config: { Labels: body.Labels, Image: body.Image }, NetworkSettings: { Ports: ports } },
    };
  }
}
