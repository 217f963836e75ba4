import type { Client } from '@temporalio/client';
import { join } from 'node:path';
import type { ApiOptions } from '../../api/context.js';
import { PROJECT_ROOT, readApiSettings, type Environment } from '../../platform/environment.js';
import { readHistoryUrl } from '../../platform/history-url.js';
import { findFreePort, isFree } from '../../platform/ports.js';

export const API_PORT = 8400;

/** It cannot listen. */
export class ApiStartError extends Error {
  override readonly name = 'ApiStartError';
}

interface ApiRequest {
  readonly client: Client;
  readonly environment: Environment;
  readonly temporal: ApiOptions['temporal'];
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 8400. */
  readonly port?: number;
  /** Whether a port that is taken is replaced by a free one, or is an error. */
  readonly anyPort?: boolean;
  readonly onNotice: (line: string) => void;
}

/** Starts the HTTP API with the web application. @throws UnsafeBindError, TokensError, ApiStartError. */
export async function startApi(request: ApiRequest): Promise<{ readonly url: string; close(): Promise<void> }> {
  const { client, environment, temporal, host = '127.0.0.1', onNotice } = request;
  const settings = readApiSettings();
  // Loaded only here: most commands have no use for a server.
  const [{ createApi }, { Tokens }, { openHistory }] = await Promise.all([
    import('../../api/server.js'),
    import('../../api/security/tokens.js'),
    import('../../history/index.js'),
  ]);
  const tokens = settings.tokensFile === null ? null : await Tokens.read(settings.tokensFile);
  const history = openHistory({ url: readHistoryUrl(), folder: environment.historyDir, say: onNotice });
  const asked = createApi({
    ...{ client, environment, host, tokens, ports: { history } },
    temporal: { address: temporal.address, uiUrl: settings.temporalUi ?? temporal.uiUrl },
    names: settings.names,
    requestsPerMinute: settings.requestsPerMinute,
    webDir: join(PROJECT_ROOT, 'dist', 'web'),
    onError: (error) => onNotice(`API: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  });
  // Where it may not listen, nothing stays open.
  const api = await asked.catch(async (error: unknown) => {
    await history.close();
    throw error;
  });
  const close = async (): Promise<void> => {
    await api.close();
    await history.close();
  };
  const wanted = request.port ?? API_PORT;
  const port = request.anyPort && !(await isFree(wanted)) ? await findFreePort(new Set(), 2) : wanted;
  try {
    const url = await api.app.listen({ host, port });
    return { url, close };
  } catch (cause) {
    await close();
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? `port ${port} is in use: choose another one with --port` : message;
    throw new ApiStartError(`the API cannot listen on ${host}: ${why}`, { cause });
  }
}
