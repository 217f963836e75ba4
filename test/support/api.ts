/** The HTTP API before a Temporal that knows nothing, and without a port: requests are injected. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiOptions } from '../../src/api/context.js';
import { createApi, type Api } from '../../src/api/server.js';
import { Tokens } from '../../src/api/security/tokens.js';
import { readEnvironment } from '../../src/platform/environment.js';
import { fakeTemporal } from './fake-temporal.js';

export const READ_TOKEN = 'read-read-read-read';
export const WRITE_TOKEN = 'write-write-write-write';
export const TOKENS = Tokens.parse(`read ${READ_TOKEN}\nwrite ${WRITE_TOKEN}`);

export interface TestApi extends Api {
  readonly errors: unknown[];
  readonly started: ReturnType<typeof fakeTemporal>['started'];
  readonly client: ApiOptions['client'];
}

export async function testApi(options: Partial<ApiOptions> = {}): Promise<TestApi> {
  const { client, started } = fakeTemporal();
  const errors: unknown[] = [];
  const dir = join(tmpdir(), 'api-test-nowhere');
  const environment = readEnvironment({ AUTOTUNER_STATE_DIR: dir, AUTOTUNER_RESULTS_DIR: dir });
  const api = await createApi({
    ...{ client, environment, tokens: null, requestsPerMinute: 0 },
    temporal: { address: '127.0.0.1:7233', uiUrl: 'http://127.0.0.1:8233' },
    onError: (error) => errors.push(error),
    ...options,
  });
  return { ...api, errors, started, client };
}

/** A task that is valid. */
export const TASK = {
  task_name: 'small',
  backend: 'process',
  engine: 'llama.cpp',
  model: { name: 'm' },
  parameters: { threads: { type: 'choice', values: [1, 2] } },
  optimization: { strategy: 'grid_search' },
  benchmark: { model_name: 'm', model_tokenizer: 't' },
};
