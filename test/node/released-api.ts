/** The API of the release, called as a client in the cluster calls it: by its service. */
import { request } from 'node:http';
import type { V1Service } from '@kubernetes/client-node';
import type { TaskFile } from '../../src/domain/task/task.schema.js';
import type { ResultsFile } from '../../src/domain/results/tune-result.js';
import type { Api } from '../cluster/rig/api.js';
import { EndedError, until } from '../cluster/rig/wait.js';

const TUNE_ENDS_WITHIN_MS = 900_000;

export class ReleasedApi {
  constructor(
    private readonly cluster: Api,
    private readonly service: { readonly namespace: string; readonly name: string },
    private readonly token: string
  ) {}

  async call<T>(route: string, body?: object): Promise<T> {
    const { namespace, name } = this.service;
    const { spec } = await this.cluster.get<V1Service>(`/api/v1/namespaces/${namespace}/services/${name}`);
    const text = body && JSON.stringify(body);
    const options = {
      host: spec?.clusterIP ?? '',
      port: spec?.ports?.[0]?.port ?? 0,
      path: `/api/v1${route}`,
      method: text === undefined ? 'GET' : 'POST',
      headers: {
        host: `${name}.${namespace}.svc`,
        authorization: `Bearer ${this.token}`,
        ...(text === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      },
    };
    return new Promise((done, fail) => {
      const asked = request(options, (response) => {
        let said = '';
        response.setEncoding('utf8').on('data', (part: string) => (said += part));
        response.on('end', () =>
          response.statusCode !== undefined && response.statusCode < 300
            ? done(JSON.parse(said) as T)
            : fail(new Error(`${route}: ${response.statusCode} ${said}`))
        );
      });
      asked.on('error', fail).end(text);
    });
  }

  async start(task: TaskFile): Promise<void> {
    await this.call('/tunes', { task });
  }

  async untilPhase(tune: string, phase: string): Promise<void> {
    await until(
      `an experiment of ${tune} is ${phase}`,
      async () => {
        if ((await this.status(tune)) !== 'running') throw new EndedError(`${tune} ended before it was ${phase}`);
        const { items } = await this.call<{ items: { phase?: string }[] }>(`/tunes/${tune}/experiments`);
        return items.some((item) => item.phase === phase);
      },
      { withinMs: 300_000, everyMs: 250 }
    );
  }

  /** Waits until it has ended. @returns its results, and how it ended. */
  async ended(tune: string): Promise<{ status: string; results: ResultsFile }> {
    const status = await until(
      `${tune} to end`,
      async () => {
        const now = await this.status(tune);
        return now !== 'running' && now;
      },
      { withinMs: TUNE_ENDS_WITHIN_MS, everyMs: 500 }
    );
    return { status, results: await this.call<ResultsFile>(`/tunes/${tune}/results`) };
  }

  private async status(tune: string): Promise<string> {
    return (await this.call<{ info: { status: string } }>(`/tunes/${tune}`)).info.status;
  }
}
