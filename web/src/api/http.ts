/** Requests to the API: one place for the address, the token and errors. */
import type { Problem } from '../../../src/contracts/http/index.js';
import { askForToken, currentToken } from './token.js';

export const API = '/api/v1';

/** What the API said no with, or that it did not answer (`status` 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly problem: Partial<Problem>
  ) {
    super(problem.detail ?? problem.title ?? `the server answered ${status}`);
  }

  get code(): string {
    return this.problem.code ?? '';
  }
}

export interface RequestOptions {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** The token goes into a header, never into an address: addresses end up in logs. */
export function withToken(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  const token = currentToken();
  return token ? { ...headers, authorization: `Bearer ${token}` } : { ...headers };
}

/** @throws ApiError for anything but success. Where a token is missing or wrong, the page asks for one. */
export async function send(path: string, options: RequestOptions = {}): Promise<Response> {
  const { method = 'GET', body, headers, signal } = options;
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  let response: Response;
  try {
    response = await fetch(`${API}${path}`, {
      method,
      headers: withToken({ ...json, ...headers }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, { code: 'unreachable', detail: 'The server does not answer. Is `autotuner serve` running?' });
  }
  if (response.ok) return response;
  if (response.status === 401) askForToken();
  throw new ApiError(response.status, await problemOf(response));
}

async function problemOf(response: Response): Promise<Partial<Problem>> {
  try {
    return (await response.json()) as Problem;
  } catch {
    return { title: response.statusText };
  }
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await (await send(path, { signal })).json()) as T;
}

export async function post<T>(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<T> {
  return (await (await send(path, { method: 'POST', body, headers })).json()) as T;
}

export async function remove(path: string): Promise<void> {
  await send(path, { method: 'DELETE' });
}

/** `?a=1&b=2` of what is set; empty without any. */
export function query(values: Readonly<Record<string, string | number | undefined | null>>): string {
  const set = Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return set.length === 0 ? '' : `?${new URLSearchParams(set.map(([key, value]) => [key, String(value)])).toString()}`;
}
