import type { Client } from '@temporalio/client';
import { join } from 'node:path';
import type { ApiOptions, ApiPorts } from '../../api/context.js';
import { PROJECT_ROOT, readApiSettings, type Environment } from '../../platform/environment.js';
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
  readonly ports?: ApiPorts;
  readonly onNotice: (line: string) => void;
}

/** Starts the HTTP API with the web application. @throws UnsafeBindError, TokensError, ApiStartError. */
export async function startApi(request: ApiRequest): Promise<{ readonly url: string; close(): Promise<void> }> {
  const { client, environment, temporal, host = '127.0.0.1', ports = {}, onNotice } = request;
  const settings = readApiSettings();
  // Loaded only here: most commands have no use for a server.
  const [{ createApi }, { Tokens }, { OWN_PORTS }] = await Promise.all([
    import('../../api/server.js'),
    import('../../api/security/tokens.js'),
    import('./own-ports.js'),
  ]);
  const api = await createApi({
    ...{ client, environment, host, ports: { ...OWN_PORTS, ...ports } },
    temporal: { address: temporal.address, uiUrl: settings.temporalUi ?? temporal.uiUrl },
    tokens: settings.tokensFile === null ? null : await Tokens.read(settings.tokensFile),
    names: settings.names,
    requestsPerMinute: settings.requestsPerMinute,
    webDir: join(PROJECT_ROOT, 'dist', 'web'),
    onError: (error) => onNotice(`API: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  });
  const wanted = request.port ?? API_PORT;
  const port = request.anyPort && !(await isFree(wanted)) ? await findFreePort(new Set(), 2) : wanted;
  try {
    const url = await api.app.listen({ host, port });
    return { url, close: () => api.close() };
  } catch (cause) {
    await api.close();
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? `port ${port} is in use: choose another one with --port` : message;
    throw new ApiStartError(`the API cannot listen on ${host}: ${why}`, { cause });
  }
}
