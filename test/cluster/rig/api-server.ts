/** etcd and an API server on it, as processes of one run folder. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findFreePort } from '../../../src/platform/ports.js';
import { Api } from './api.js';
import { signalGroup, type Children } from './children.js';
import * as components from './components.js';
import { ADMIN, Credentials } from './credentials.js';
import { EndedError, until } from './wait.js';

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

export interface ApiServerOptions {
  /** The run's folder: data, logs, credentials. */
  readonly dir: string;
  readonly children: Children;
  /** The cluster's program. */
  readonly program: string;
  /** Besides the administrator. */
  readonly users: readonly string[];
  /** Of the API server. @default 127.0.0.1 */
  readonly address?: string;
}

export class ApiServer {
  private constructor(
    private readonly options: ApiServerOptions,
    readonly ports: components.Ports,
    readonly credentials: Credentials,
    private readonly etcd: ChildProcess,
    private server: ChildProcess,
    /** As the administrator. */
    readonly api: Api
  ) {}

  /** Resolves when it is ready; data that the folder holds is kept. */
  static async start(options: ApiServerOptions): Promise<ApiServer> {
    const { dir } = options;
    const credentials = await Credentials.create(dir, options.users);
    const ports = await choosePorts();
    const etcd = await startComponent(options, components.etcd(ports));
    // It waits for etcd by itself.
    const server = await startComponent(options, components.apiServer(ports, addressOf(options)));
    const ca = await until('the API server to make its certificate', async () => {
      failIfEnded({ etcd, 'kube-apiserver': server }, dir);
      const text = await readFile(join(dir, 'pki', 'apiserver.crt'), 'utf8');
      return text.includes('END CERTIFICATE') && text;
    });
    const url = `https://${addressOf(options)}:${ports.api}`;
    const api = new Api({ server: url, ca, token: credentials.token(ADMIN) });
    await credentials.writeKubeconfig(ADMIN, url);
    const started = new ApiServer(options, ports, credentials, etcd, server, api);
    await started.untilReady();
    return started;
  }

  /** SIGKILL: nothing is said to anybody. */
  kill(): Promise<void> {
    return endChild(this.server, 'SIGKILL');
  }

  /** Starts it again after `kill`, on the same port and with the same data. Resolves when it is ready. */
  async restart(): Promise<void> {
    this.server = await startComponent(this.options, components.apiServer(this.ports, addressOf(this.options)));
    await this.untilReady();
  }

  /** Ends both so that the data is whole. */
  async stop(): Promise<void> {
    await endChild(this.server, 'SIGKILL');
    await endChild(this.etcd, 'SIGTERM');
  }

  /** Creates CustomResourceDefinitions from YAML, one a text, and waits until they are served. */
  async install(definitions: readonly string[]): Promise<void> {
    for (const text of definitions) await this.api.createYaml(CRDS, text);
    await until('the custom resources to be served', async () => {
      const { items } = await this.api.get<{ items: Definition[] }>(CRDS);
      return items.every(({ status }) =>
        status?.conditions?.some(({ type, status: value }) => type === 'Established' && value === 'True')
      );
    });
  }

  private async untilReady(): Promise<void> {
    await until('the API server to be ready', () => {
      failIfEnded({ etcd: this.etcd, 'kube-apiserver': this.server }, this.options.dir);
      return this.api.answers('/readyz');
    });
  }
}

function addressOf({ address }: ApiServerOptions): string {
  return address ?? components.LOOPBACK;
}

interface Definition {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Starts a part of the control plane, with a log of its own in the run's folder. */
export function startComponent(options: ApiServerOptions, command: readonly string[]): Promise<ChildProcess> {
  const { dir, children, program } = options;
  // HOME: kwok would read the user's own settings.
  const env = { PATH: process.env['PATH'], HOME: dir };
  return children.start([program, ...command], { env, cwd: dir, logFile: join(dir, `${command[0]}.log`) });
}

async function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  signalGroup(child, signal);
  await exited;
}

async function choosePorts(): Promise<components.Ports> {
  const taken = new Set<number>();
  const next = async (): Promise<number> => {
    const port = await findFreePort(taken, Math.floor(Math.random() * 10_000));
    taken.add(port);
    return port;
  };
  return {
    etcd: await next(),
    etcdPeer: await next(),
    api: await next(),
    controllerManager: await next(),
    scheduler: await next(),
    kwok: await next(),
  };
}

/** Waiting for what has ended is in vain. */
function failIfEnded(processes: Readonly<Record<string, ChildProcess>>, dir: string): void {
  for (const [name, { exitCode, signalCode }] of Object.entries(processes)) {
    if (exitCode !== null || signalCode !== null)
      throw new EndedError(`${name} ended with ${exitCode ?? signalCode}, see ${join(dir, `${name}.log`)}`);
  }
}
