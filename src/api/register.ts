import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { eventsQuery } from '../contracts/http/events.js';
import type { ApiContext } from './context.js';
import type { Endpoint } from './endpoint.js';
import { sendOverSocket } from './live/send-events.js';
import { lastSeen } from './routes/events.js';
import { tuneParams } from './routes/params.js';
import { checkAccess } from './security/access.js';
import { checkOrigin } from './security/same-site.js';

/** Makes an endpoint a route: who may use it is asked before anything of the request is read. */
export function registerEndpoint(app: FastifyInstance, one: Endpoint, context: ApiContext): void {
  const { method, path: url, access } = one;
  app.route({
    ...{ method, url },
    config: { endpoint: one },
    // The head of a stream would be a stream.
    exposeHeadRoute: one.stream === undefined,
    onRequest: async (request: FastifyRequest, reply: FastifyReply) => {
      // A socket can be opened by any page, and its messages read; whatever else is read across origins, the browser keeps to itself.
      if (access === 'write' || method !== 'GET' || one.stream === 'ws') checkOrigin(request);
      checkAccess(request, reply, context.options.tokens, access);
    },
    handler: (request, reply) => answer(one, request, reply),
    ...(one.stream === 'ws'
      ? {
          wsHandler: (socket, request) => {
            const { id } = tuneParams.parse(request.params);
            const after = lastSeen(request, eventsQuery.parse(request.query).after);
            if (context.streams.isFull) return socket.close(1013, 'too many streams');
            sendOverSocket(socket, context.streams, (listener) => context.watches.listen(id, listener, after)).catch(
              (error: unknown) => socket.close(1011, error instanceof Error ? error.message.slice(0, 120) : 'failed')
            );
          },
        }
      : {}),
  });
}

async function answer(one: Endpoint, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const params = parsed(one.params, request.params, 'path');
  const query = parsed(one.query, request.query, 'query');
  const body = parsed(one.body, request.body ?? {}, 'body');
  if (one.status !== undefined) void reply.code(one.status);
  if (!('contentType' in one.answer) || one.stream) void reply.type('application/json; charset=utf-8');
  else void reply.type(one.answer.contentType);
  const result = await one.handle({ params, query, body, request, reply });
  // It has answered itself.
  return result === undefined ? reply : result;
}

/** @throws ZodError with paths that begin with where it is. */
function parsed(schema: z.ZodType | undefined, value: unknown, place: string): unknown {
  if (!schema) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new z.ZodError(result.error.issues.map((issue) => ({ ...issue, path: [place, ...issue.path] })));
}
