import type { FastifyReply, FastifyRequest } from 'fastify';
import { ApiError } from '../problem.js';
import type { Access } from '../endpoint.js';
import type { Tokens } from './tokens.js';

/** The cookie that a browser gets for its token: EventSource, WebSocket and downloads cannot send a header. */
const COOKIE = 'autotuner_token';

/** What whoever sends this request may do; null: nothing that needs a token. */
export function grantOf(request: FastifyRequest, tokens: Tokens | null): 'read' | 'write' | null {
  if (!tokens) return 'write';
  const given = bearerOf(request) ?? cookieOf(request);
  return given === null ? null : tokens.accessOf(given);
}

/** @throws ApiError unauthorized, forbidden. */
export function checkAccess(request: FastifyRequest, reply: FastifyReply, tokens: Tokens | null, needed: Access): void {
  if (needed === 'open') return;
  const grant = grantOf(request, tokens);
  if (grant === null) {
    void reply.header('www-authenticate', 'Bearer realm="autotuner"');
    throw new ApiError('unauthorized', "Send 'Authorization: Bearer TOKEN'.");
  }
  if (needed === 'write' && grant !== 'write') throw new ApiError('forbidden', 'It needs a write token.');
}

/** The token of `Authorization: Bearer`; null without one. */
export function bearerOf({ headers }: FastifyRequest): string | null {
  return /^Bearer ([^\s,]{1,500})$/i.exec(headers.authorization ?? '')?.[1] ?? null;
}

function cookieOf({ headers }: FastifyRequest): string | null {
  const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim());
  const found = pairs.find((pair) => pair.startsWith(`${COOKIE}=`));
  return found ? found.slice(COOKIE.length + 1) : null;
}

/** Gives the browser its token to keep, or takes it back: out of reach of scripts, and never sent by another site's page. */
export function keepToken(reply: FastifyReply, token: string | null, isSecure: boolean): void {
  const age = token === null ? '; Max-Age=0' : '';
  const secure = isSecure ? '; Secure' : '';
  void reply.header('set-cookie', `${COOKIE}=${token ?? ''}; HttpOnly; SameSite=Strict; Path=/${age}${secure}`);
}
