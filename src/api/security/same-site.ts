/** Whether a request comes from where it says, and to where it should: against DNS rebinding and other sites' pages. */
import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { ApiError } from '../problem.js';

/** Names by which a server on this machine is known. */
const LOCAL: ReadonlySet<string> = new Set(['localhost', 'ip6-localhost']);

/**
 * Refuses names that are not this server's. A page of another site can make its own name point at this machine, and would then be of the
 * same origin; but it cannot make its name one of these, and an address is no name.
 * @param names further names, such as that of a proxy. On loopback only loopback addresses count.
 */
export function checkHost(host: string | undefined, names: ReadonlySet<string>, isLoopback: boolean): void {
  const name = nameOf(host ?? '');
  if (name !== null && (LOCAL.has(name) || names.has(name))) return;
  if (name !== null && isIP(name) !== 0 && (!isLoopback || isLoopbackAddress(name))) return;
  throw new ApiError('host-not-allowed', 'Call it by localhost or its address, or name it in AUTOTUNER_API_HOSTS.');
}

/** Refuses what a browser was told to send by a page of another origin. Programs send neither header. */
export function checkOrigin({ headers }: Pick<FastifyRequest, 'headers'>): void {
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  const isOther =
    origin === undefined ? site !== undefined && site !== 'same-origin' && site !== 'none' : !isSame(headers);
  if (isOther) throw new ApiError('cross-origin', 'Only pages that this server itself has served may do that.');
}

function isSame({ origin, host }: FastifyRequest['headers']): boolean {
  try {
    const { host: from, protocol } = new URL(origin ?? '');
    // A proxy may speak TLS for us; the names are the same in any case.
    return (protocol === 'http:' || protocol === 'https:') && from === new URL(`${protocol}//${host}`).host;
  } catch {
    return false;
  }
}

/** The name in `name:port`, in lower case, `[::1]` without its brackets; null for what is none. */
export function nameOf(host: string): string | null {
  const [, bracketed, plain] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(host) ?? [];
  const name = (bracketed ?? plain)?.toLowerCase().replace(/\.$/, '');
  return name ?? null;
}

export function isLoopbackAddress(name: string): boolean {
  return LOCAL.has(name) || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
}
